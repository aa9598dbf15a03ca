using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>What a model declares about one of its inputs or outputs.</summary>
public sealed class TensorSpec
{
    internal TensorSpec(string name, NodeMetadata metadata, bool isOptional)
    {
        Name = name;
        Kind = metadata.OnnxValueType;
        IsOptional = isOptional;
        if (!IsTensor)
            return;
        ElementType = metadata.ElementDataType;
        Dims = [.. metadata.Dimensions.Select((size, axis) => Dim(size, metadata.SymbolicDimensions[axis]))];
    }

    public string Name { get; }

    /// <summary>Tensor, sequence, map or optional.</summary>
    public OnnxValueType Kind { get; }

    public bool IsTensor => Kind == OnnxValueType.ONNX_TYPE_TENSOR;

    /// <summary>Whether a run may leave it out, since the model carries a default for it.</summary>
    public bool IsOptional { get; }

    /// <summary>The element type; without meaning when <see cref="IsTensor"/> is false.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>
    /// The axes. An empty list is a scalar or a tensor of unknown rank: ONNX Runtime does not tell the two apart,
    /// nor does it check the shape of either.
    /// </summary>
    public IReadOnlyList<DimSpec> Dims { get; } = [];

    /// <summary>As in <c>patches: f32[n, 768]</c>.</summary>
    public override string ToString() => $"{Name}: {Type}";

    internal string Type => IsTensor ? $"{ElementTypes.NameOf(ElementType)}[{string.Join(", ", Dims)}]" : KindName;

    internal string KindName => Kind switch
    {
        OnnxValueType.ONNX_TYPE_SEQUENCE => "sequence",
        OnnxValueType.ONNX_TYPE_MAP => "map",
        OnnxValueType.ONNX_TYPE_OPTIONAL => "optional",
        OnnxValueType.ONNX_TYPE_SPARSETENSOR => "sparse tensor",
        _ => "value",
    };

    private static DimSpec Dim(int size, string? symbol)
        => size >= 0 ? new(size, null) : new(null, string.IsNullOrEmpty(symbol) ? null : symbol);
}
