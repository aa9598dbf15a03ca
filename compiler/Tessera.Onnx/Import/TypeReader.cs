using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Types from ONNX; one that is missing is a tensor of which nothing is known. A size that is not given is a symbol of its own.</summary>
internal static class TypeReader
{
    public static IrType Read(TypeProto? type, string name) => type?.ValueCase switch
    {
        TypeProto.ValueOneofCase.TensorType => Tensor(type.TensorType, name),
        TypeProto.ValueOneofCase.SequenceType => new SequenceType(Read(type.SequenceType.ElemType, name)),
        TypeProto.ValueOneofCase.OptionalType => new OptionalType(Read(type.OptionalType.ElemType, name)),
        TypeProto.ValueOneofCase.MapType => new MapType(Element(type.MapType.KeyType, name), Read(type.MapType.ValueType, name)),
        TypeProto.ValueOneofCase.SparseTensorType => new SparseType(Element(type.SparseTensorType.ElemType, name), Sizes(type.SparseTensorType.Shape, name)),
        TypeProto.ValueOneofCase.OpaqueType => new ForeignType(type.OpaqueType.Domain, type.OpaqueType.Name),
        _ => new TensorType(DType.Undefined, null),
    };

    /// <summary>What a size is called that the type of a value does not name.</summary>
    public static string Unnamed(string name, int axis) => $"{name}_{axis}";

    private static TensorType Tensor(TypeProto.Types.Tensor tensor, string name) => new(Element(tensor.ElemType, name), Sizes(tensor.Shape, name));

    private static DType Element(int number, string name) => Enum.IsDefined((DType)number)
        ? (DType)number
        : throw new TesseraException("TSR0810", name, $"the elements of '{name}' are of type number {number}, which does not exist.");

    private static Shape? Sizes(TensorShapeProto? shape, string name) => shape is null ? null : [.. shape.Dim.Select((d, axis) => Size(d, Unnamed(name, axis)))];

    private static Dim Size(TensorShapeProto.Types.Dimension dim, string fallback) => dim.ValueCase switch
    {
        // Some exporters write −1 for a size that is not known.
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue when dim.DimValue >= 0 => dim.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => DimParam.Read(dim.DimParam) ?? Dim.Sym(fallback),
        _ => Dim.Sym(fallback),
    };
}
