using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// Types of what carried nodes give, where the model claims none and the operator leaves no doubt: what follows can be
/// understood then. An operand of unknown rank is what makes most nodes of known operators be carried.
/// </summary>
internal static class CarriedTypes
{
    /// <summary>Of more axes no tensor is.</summary>
    private const long MostAxes = 64;

    private static readonly Dim s_open = Dim.Sym(Opaque.OpenSize);

    /// <summary>What is known of a result by what is claimed of it and what its operator says.</summary>
    public static IrType Known(IrType claimed, IrType? inferred) => (claimed, inferred) switch
    {
        (TensorType { DType: DType.Undefined }, not null) => inferred,
        (TensorType { Shape: null } a, TensorType { Shape: not null } b) when a.DType == b.DType => inferred,
        _ => claimed,
    };

    /// <summary>The type of a result as the operator alone tells it; null where it does not.</summary>
    public static IrType? Of(NodeProto node, IReadOnlyList<ReadValue?> inputs, int result)
    {
        if (node.Domain is not ("" or "ai.onnx"))
        {
            return null;
        }

        DType first = TypeOf(inputs, 0)?.DType ?? DType.Undefined;
        TensorType? type = node.OpType switch
        {
            "Shape" => Ranked(DType.I64, 1),
            "Size" => Ranked(DType.I64, 0),
            "ArgMax" or "ArgMin" => new TensorType(DType.I64, null),
            "NonZero" => Ranked(DType.I64, 2),
            "NonMaxSuppression" => new TensorType(DType.I64, [s_open, 3]),
            "Equal" or "Greater" or "GreaterOrEqual" or "Less" or "LessOrEqual" => new TensorType(DType.Bool, null),
            "Conv" or "ConvTranspose" => RankOf(inputs, 1) is { } rank ? Ranked(first, rank) : new TensorType(first, null),
            "LSTM" or "GRU" or "RNN" => Ranked(first, result == 0 ? 4 : 3),
            "Flatten" or "Gemm" => Ranked(first, 2),
            "Reshape" when TypeOf(inputs, 1)?.Shape is [{ ConstValue: { } rank and <= MostAxes }] => Ranked(first, (int)rank),
            "TopK" or "MaxPool" => new TensorType(result == 0 ? first : DType.I64, null),
            "Dropout" => new TensorType(result == 0 ? first : DType.Bool, null),
            "Where" => new TensorType(TypeOf(inputs, 1)?.DType ?? DType.Undefined, null),
            "Concat" => inputs.Select((_, i) => RankOf(inputs, i)).FirstOrDefault(static r => r is not null) is { } rank ? Ranked(first, rank) : new TensorType(first, null),
            _ when s_likeFirst.Contains(node.OpType) => new TensorType(first, null),
            _ => null,
        };
        return type is { DType: not DType.Undefined } ? type : null;
    }

    private static readonly HashSet<string> s_likeFirst =
    [
        "AveragePool", "BatchNormalization", "CumSum", "DepthToSpace", "Det", "Einsum", "Expand", "Gather", "GatherElements", "GatherND",
        "GlobalAveragePool", "GlobalMaxPool", "GroupNormalization", "Hardmax", "InstanceNormalization", "LRN", "LayerNormalization", "LogSoftmax",
        "LpNormalization", "LpPool", "MatMul", "Pad", "PRelu", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean",
        "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Reshape", "Resize", "ReverseSequence", "ScatterElements", "ScatterND", "Slice",
        "Softmax", "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Trilu", "Unsqueeze",
    ];

    private static TensorType? TypeOf(IReadOnlyList<ReadValue?> inputs, int input) => input < inputs.Count ? inputs[input]?.Value?.Type as TensorType : null;

    private static int? RankOf(IReadOnlyList<ReadValue?> inputs, int input) => TypeOf(inputs, input)?.Shape?.Rank;

    private static TensorType Ranked(DType dtype, int rank) => new(dtype, [.. Enumerable.Repeat(s_open, rank)]);
}
