using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Softmax over the tokens of each segment, for each trailing element by itself: <c>x[T, …], cu_seqlens i32[B + 1] → [T, …]</c>.</summary>
[Op("segment_softmax")]
public sealed partial record SegmentSoftmax(Value X, Value CuSeqlens) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Segments.Offsets(context, CuSeqlens);
        return context.ShapeOf(X).Rank > 0 && X.DType.IsFloat()
            ? [X.Type]
            : throw context.Error("TSR0203", $"x must be float with a leading token axis; it is {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long[] cu = Segments.Check(context, context.Tensor(1), x.Dims[0]);
        int row = x.Dims[0] == 0 ? 0 : x.Count / (int)x.Dims[0];
        double[] result = new double[x.Count];
        for (int b = 0; b + 1 < cu.Length; b++)
        {
            for (int column = 0; column < row && cu[b] < cu[b + 1]; column++)
            {
                int[] slice = [.. Enumerable.Range((int)cu[b], (int)(cu[b + 1] - cu[b])).Select(t => (t * row) + column)];
                double max = slice.Max(i => x.F[i]);
                double sum = slice.Sum(i => Math.Exp(x.F[i] - max));
                foreach (int i in slice)
                {
                    result[i] = Math.Exp(x.F[i] - max) / sum;
                }
            }
        }

        return [RefTensor.Floats(x.DType, x.Dims, result)];
    }

    public override Dim? RowsCutBy(int operand) => operand == 1 ? X.Shape[0] : null;

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => [SegmentBodies.Softmax(builder, this)];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("it belongs to a packed batch already");

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("SegmentSoftmax", 1) { Domain = OnnxMapping.TesseraDomain });

    internal static IEnumerable<OpSample> Samples() => Segments.Samples(static (g, x, cu) => g.SegmentSoftmax(x, cu));
}
