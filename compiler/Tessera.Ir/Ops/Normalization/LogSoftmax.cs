using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary><c>x − log Σ exp(x)</c> along one axis, the maximum taken out first. A slice that holds ∞ or only −∞ gives NaN.</summary>
[Op("log_softmax")]
public sealed partial record LogSoftmax(Value X) : Op
{
    public long Axis { get; init; } = -1;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.Axis(Axis, context.ShapeOf(X).Rank);
        return X.DType.IsFloat() ? [X.Type] : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        double[] result = new double[x.Count];
        foreach (int[] slice in Slices.Along(x.Dims, Axis))
        {
            double max = slice.Aggregate(double.NegativeInfinity, (m, i) => Math.Max(m, x.F[i]));
            double log = Math.Log(slice.Sum(i => Math.Exp(x.F[i] - max)));
            foreach (int i in slice)
            {
                result[i] = x.F[i] - max - log;
            }
        }

        return [RefTensor.Floats(x.DType, x.Dims, result)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int axis = (int)(Axis < 0 ? Axis + context.ResultShape().Rank : Axis);
        if (x.Form == BatchForm.Ragged && axis == x.Axis)
        {
            return [x with { Value = Packed(context, x) }];
        }

        Value masked = x.Form == BatchForm.Padded && axis == x.Axis
            ? context.Environment.Fill(x, double.NegativeInfinity)
            : x.Value;
        return [x with { Value = context.Emit(new LogSoftmax(masked) { Axis = Layout.Axis(x, axis) }) }];
    }

    // The maximum goes first, so that infinite logits give what they give along a dense axis.
    private static Value Packed(BatchContext context, Batched x)
    {
        Value cu = context.Environment.CuSeqlens(x.Partition!);
        Value Less(Value value, SegmentReduction kind)
        {
            Value rows = context.Emit(new SegmentReduce(value, cu) { Kind = kind });
            return context.Emit(new Sub(value, RaggedIndex.PerToken(context, rows, x.Partition!)));
        }

        return Less(Less(x.Value, SegmentReduction.Max), SegmentReduction.Logsumexp);
    }

    internal static OnnxMapping Onnx { get; } = AlongAxis.Onnx("LogSoftmax", static op => (op as LogSoftmax)?.Axis);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => [g.LogSoftmax(g.In("x", "f32[n, 5]"))]) { Range = (-30, 30) },
        new("first", static g => [g.LogSoftmax(g.In("x", "f32[4, n, 2]"), axis: 0)]),
        new("single", static g => [g.LogSoftmax(g.In("x", "f64[n, 1]"))]),
        new("f16", static g => [g.LogSoftmax(g.In("x", "f16[n, 5]"))]),
    ];
}
