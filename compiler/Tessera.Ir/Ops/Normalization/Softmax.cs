using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary><c>exp(x) / Σ exp(x)</c> along one axis, the maximum subtracted first. A slice that is −∞ throughout gives NaN.</summary>
[Op("softmax")]
public sealed partial record Softmax(Value X) : Op
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
            double sum = slice.Sum(i => Math.Exp(x.F[i] - max));
            foreach (int i in slice)
            {
                result[i] = Math.Exp(x.F[i] - max) / sum;
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
            Value cu = context.Environment.CuSeqlens(x.Partition!);
            return [x with { Value = context.Emit(new SegmentSoftmax(x.Value, cu)) }];
        }

        Value masked = x.Form == BatchForm.Padded && axis == x.Axis
            ? context.Environment.Fill(x, double.NegativeInfinity)
            : x.Value;
        return [x with { Value = context.Emit(new Softmax(masked) { Axis = Layout.Axis(x, axis) }) }];
    }

    internal static OnnxMapping Onnx { get; } = AlongAxis.Onnx("Softmax", static op => (op as Softmax)?.Axis);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => [g.Softmax(g.In("x", "f32[n, 5]"))]) { Range = (-30, 30) },
        new("first", static g => [g.Softmax(g.In("x", "f32[4, n, 2]"), axis: 0)]),
        new("single", static g => [g.Softmax(g.In("x", "f64[n, 1]"))]),
        new("nothing", static g => [g.Softmax(g.In("x", "f32[n, 0]"))]),
        new("f16", static g => [g.Softmax(g.In("x", "f16[n, 5]"))]),
    ];
}
