using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Types from ONNX; one that is missing is a tensor of which nothing is known. A <c>dim_param</c> that is an expression is read as one; a size that is not given is a symbol of its own.</summary>
internal static class TypeReader
{
    public static IrType Read(TypeProto? type, string name) => type?.ValueCase switch
    {
        TypeProto.ValueOneofCase.TensorType => Tensor(type.TensorType, name),
        TypeProto.ValueOneofCase.SequenceType => new SequenceType(Read(type.SequenceType.ElemType, name)),
        TypeProto.ValueOneofCase.OptionalType => new OptionalType(Read(type.OptionalType.ElemType, name)),
        null => new TensorType(DType.Undefined, null),
        _ => throw new TesseraException("TSR0810", name, $"the type of '{name}' is {type.ValueCase}; tensors, sequences and optionals are read."),
    };

    /// <summary>What a size is called that the type of a value does not name.</summary>
    public static string Unnamed(string name, int axis) => $"{name}_{axis}";

    private static TensorType Tensor(TypeProto.Types.Tensor tensor, string name) => !Enum.IsDefined((DType)tensor.ElemType) ? throw new TesseraException(
        "TSR0810", name, $"the elements of '{name}' are of type number {tensor.ElemType}, which does not exist.") : new(
        (DType)tensor.ElemType,
        tensor.Shape is null ? null : [.. tensor.Shape.Dim.Select((d, axis) => Size(d, Unnamed(name, axis)))]);

    private static Dim Size(TensorShapeProto.Types.Dimension dim, string fallback) => dim.ValueCase switch
    {
        // Some exporters write −1 for a size that is not known.
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue when dim.DimValue >= 0 => dim.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when dim.DimParam.Length > 0 => Symbolic(dim.DimParam),
        _ => Dim.Sym(fallback),
    };

    private static Dim Symbolic(string text) =>
        Dim.TryParse(text, out Dim dim, out int consumed) && consumed == text.Length ? dim : Dim.Sym(text);
}
