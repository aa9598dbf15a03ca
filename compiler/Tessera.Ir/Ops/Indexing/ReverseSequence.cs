using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x with, for each position b of the batch axis, its first <c>lengths[b]</c> positions of the time axis in reverse order.</summary>
[Op("reverse_sequence")]
public sealed partial record ReverseSequence(Value X, Value Lengths) : Op
{
    public long BatchAxis { get; init; } = 1;

    public long TimeAxis { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        BatchAxis is 0 or 1 && TimeAxis == 1 - BatchAxis && context.ShapeOf(X).Rank >= 2 && Lengths.DType == DType.I64
            ? [X.Type]
            : throw context.Error("TSR0203", $"x must be of rank 2 or more and the axes 0 and 1; they are {X.Type}, {BatchAxis} and {TimeAxis}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, long[] lengths) = (context.Tensor(0), context.Tensor(1).I);
        long[] strides = x.Strides();
        return [RefTensor.Gather(x, x.Dims, i =>
        {
            long[] at = AxisSizes.Coordinates(x.Dims, i);
            long length = lengths[at[BatchAxis]];
            return at[TimeAxis] < length ? (int)(i + ((length - 1 - (2 * at[TimeAxis])) * strides[TimeAxis])) : i;
        })];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [(int)BatchAxis, 0], [(int)BatchAxis]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("ReverseSequence", 10, OnnxAttr.Of("batch_axis"), OnnxAttr.Of("time_axis")).Lacks(DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("time first", static g => [g.ReverseSequence(g.In("x", "f32[4, 3]"), g.Ints(4, 1, 2))]),
        new("batch first", static g => [g.ReverseSequence(g.In("x", "i64[2, 4, 2]"), g.Ints(3, 4), 0, 1)]),
    ];
}
