using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Types as ONNX writes them; a size that is no symbol is written as the text of its expression.</summary>
internal static class TypeWriter
{
    /// <summary>A value's name and type; the name alone where the element type of a carried node's result is not known.</summary>
    public static ValueInfoProto ValueInfo(string name, IrType type) => IsKnown(type) ? new() { Name = name, Type = Type(type) } : new() { Name = name };

    /// <summary>Whether the element type is known.</summary>
    public static bool IsKnown(IrType type) => type switch
    {
        TensorType tensor => tensor.DType != DType.Undefined,
        SequenceType sequence => IsKnown(sequence.Element),
        OptionalType optional => IsKnown(optional.Element),
        MapType map => IsKnown(map.Element),
        _ => true,
    };

    public static TypeProto Type(IrType type) => type switch
    {
        TensorType tensor => new TypeProto { TensorType = Tensor(tensor) },
        SequenceType sequence => new TypeProto { SequenceType = new TypeProto.Types.Sequence { ElemType = Type(sequence.Element) } },
        OptionalType optional => new TypeProto { OptionalType = new TypeProto.Types.Optional { ElemType = Type(optional.Element) } },
        MapType map => new TypeProto { MapType = new TypeProto.Types.Map { KeyType = (int)map.Key, ValueType = Type(map.Element) } },
        SparseType sparse => new TypeProto { SparseTensorType = new TypeProto.Types.SparseTensor { ElemType = (int)sparse.DType, Shape = Sizes(sparse.Shape) } },
        ForeignType foreign => new TypeProto { OpaqueType = new TypeProto.Types.Opaque { Domain = foreign.Domain, Name = foreign.Name } },
        _ => throw new InvalidOperationException($"{type} has no ONNX type."),
    };

    private static TypeProto.Types.Tensor Tensor(TensorType tensor) => new() { ElemType = (int)tensor.DType, Shape = Sizes(tensor.Shape) };

    private static TensorShapeProto? Sizes(Shape? shape) => shape is null ? null : new TensorShapeProto { Dim = { shape.Select(Size) } };

    private static TensorShapeProto.Types.Dimension Size(Dim dim) => dim.IsConst(out long value)
        ? new TensorShapeProto.Types.Dimension { DimValue = value }
        : new TensorShapeProto.Types.Dimension { DimParam = DimParam.Write(dim) };
}
