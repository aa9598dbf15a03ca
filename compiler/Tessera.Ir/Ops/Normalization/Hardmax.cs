using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>1 at the first greatest element along one axis, 0 elsewhere.</summary>
[Op("hardmax")]
public sealed partial record Hardmax(Value X) : Op
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
        foreach (int[] line in Slices.Along(x.Dims, Axis).Where(static l => l.Length > 0))
        {
            result[line.Aggregate((best, i) => x.F[i] > x.F[best] ? i : best)] = 1;
        }

        return [RefTensor.Floats(x.DType, x.Dims, result)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int axis = (int)(Axis < 0 ? Axis + context.ResultShape().Rank : Axis);
        if (x.Form == BatchForm.Ragged && axis == x.Axis)
        {
            return context.ByParts();
        }

        Value value = x.Form == BatchForm.Padded && axis == x.Axis ? context.Environment.Fill(x, double.NegativeInfinity) : x.Value;
        return [x with { Value = context.Emit(new Hardmax(value) { Axis = Layout.Axis(x, axis) }) }];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        int axis = (int)(Axis < 0 ? Axis + X.Rank : Axis);
        Value best = builder.ArgMax(X, axis, keepDims: true);
        Value positions = builder.Range(builder.Int(DType.I64, 0), builder.DimValue(X.Shape[axis]), builder.Int(DType.I64, 1));
        Value column = builder.Reshape(positions, [X.Shape[axis], .. Enumerable.Repeat(Dim.One, X.Rank - 1 - axis)]);
        return [builder.Cast(builder.Equal(column, best), X.DType)];
    }

    internal static OnnxMapping Onnx { get; } = AlongAxis.Onnx("Hardmax", static op => (op as Hardmax)?.Axis);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => [g.Hardmax(g.In("x", "f32[n, 5]"))]),
        new("first", static g => [g.Hardmax(g.In("x", "f32[4, n, 2]"), axis: 0)]),
        new("ties", static g => [g.Hardmax(g.In("x", "f32[2, 3]"), axis: 1)])
        {
            Fixed = new Dictionary<string, RefTensor> { ["x"] = RefTensor.Floats(DType.F32, [2, 3], [1, 3, 3, 2, 2, 2]) },
        },
    ];
}
