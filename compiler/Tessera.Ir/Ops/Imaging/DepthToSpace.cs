using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Channels of <c>x[N, b² · C, H, W]</c> laid out as blocks of b × b pixels: <c>[N, C, b · H, b · W]</c>.</summary>
[Op("depth_to_space")]
public sealed partial record DepthToSpace(Value X) : Op
{
    public required long BlockSize { get; init; }

    /// <summary><c>DCR</c>: the place in the block is the outer part of the channel; <c>CRD</c>: the inner.</summary>
    public string Mode { get; init; } = "DCR";

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        if (x.Rank != 4 || BlockSize < 1 || Mode is not ("DCR" or "CRD") || (x[1].ConstValue is { } channels && channels % (BlockSize * BlockSize) != 0))
        {
            throw context.Error("TSR0203", $"x must be [N, {BlockSize}² · C, H, W]; it is {X.Type}.");
        }

        return [new TensorType(X.DType, [x[0], Dim.FloorDiv(x[1], BlockSize * BlockSize), x[2] * BlockSize, x[3] * BlockSize])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long b = BlockSize;
        long[] dims = [x.Dims[0], x.Dims[1] / (b * b), x.Dims[2] * b, x.Dims[3] * b];
        return [RefTensor.Gather(x, dims, i =>
        {
            long[] at = AxisSizes.Coordinates(dims, i);
            long place = (at[2] % b * b) + (at[3] % b);
            long channel = Mode == "DCR" ? (place * dims[1]) + at[1] : (at[1] * b * b) + place;
            return (int)((((((at[0] * x.Dims[1]) + channel) * x.Dims[2]) + (at[2] / b)) * x.Dims[3]) + (at[3] / b));
        })];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0]);

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("DepthToSpace", 1) { Until = 11, Attributes = [new OnnxAttr.Direct("blocksize", "block_size")], When = static op => op is DepthToSpace { Mode: "DCR" } },
        new OnnxRow("DepthToSpace", 11) { Attributes = [new OnnxAttr.Direct("blocksize", "block_size"), OnnxAttr.Of("mode")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("outer", static g => [g.DepthToSpace(g.In("x", "f32[1, 8, 2, n]"), 2)]),
        new("inner", static g => [g.DepthToSpace(g.In("x", "f32[2, 9, 1, 2]"), 3, "CRD")]),
    ];
}
