using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Blocks of b × b pixels of <c>x[N, C, b · H, b · W]</c> laid out as channels: <c>[N, b² · C, H, W]</c>, the place in the block outermost.</summary>
[Op("space_to_depth")]
public sealed partial record SpaceToDepth(Value X) : Op
{
    public required long BlockSize { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        if (x.Rank != 4 || BlockSize < 1 || x.Skip(2).Any(d => d.ConstValue is { } size && size % BlockSize != 0))
        {
            throw context.Error("TSR0203", $"x must be [N, C, {BlockSize} · H, {BlockSize} · W]; it is {X.Type}.");
        }

        return [new TensorType(X.DType, [x[0], x[1] * (BlockSize * BlockSize), Dim.FloorDiv(x[2], BlockSize), Dim.FloorDiv(x[3], BlockSize)])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long b = BlockSize;
        long[] dims = [x.Dims[0], x.Dims[1] * b * b, x.Dims[2] / b, x.Dims[3] / b];
        return [RefTensor.Gather(x, dims, i =>
        {
            long[] at = AxisSizes.Coordinates(dims, i);
            (long place, long channel) = (at[1] / x.Dims[1], at[1] % x.Dims[1]);
            return (int)((((((at[0] * x.Dims[1]) + channel) * x.Dims[2]) + (at[2] * b) + (place / b)) * x.Dims[3]) + (at[3] * b) + (place % b));
        })];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("SpaceToDepth", 1, new OnnxAttr.Direct("blocksize", "block_size"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("two", static g => [g.SpaceToDepth(g.In("x", "f32[1, 2, 4, 6]"), 2)]),
        new("three", static g => [g.SpaceToDepth(g.In("x", "f32[2, 1, 3, 6]"), 3)]),
    ];
}
