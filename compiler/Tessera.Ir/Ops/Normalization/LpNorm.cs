using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x divided by the sum of its magnitudes (p = 1) or its Euclidean length (p = 2) along one axis; what has length 0 gives 0.</summary>
[Op("lp_norm")]
public sealed partial record LpNorm(Value X) : Op
{
    public long Axis { get; init; } = -1;

    /// <summary>1 or 2.</summary>
    public long P { get; init; } = 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.Axis(Axis, context.ShapeOf(X).Rank);
        return X.DType.IsFloat() && P is 1 or 2
            ? [X.Type]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type} and p = {P}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        double[] result = new double[x.Count];
        foreach (int[] line in Slices.Along(x.Dims, Axis))
        {
            double length = P == 1 ? line.Sum(i => Math.Abs(x.F[i])) : Math.Sqrt(line.Sum(i => x.F[i] * x.F[i]));
            foreach (int i in line)
            {
                result[i] = length == 0 ? 0 : x.F[i] / length;
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
            return context.ByParts();
        }

        Value value = x.Form == BatchForm.Padded && axis == x.Axis ? context.Environment.Fill(x, 0) : x.Value;
        return [x with { Value = context.Emit(this with { X = value, Axis = Layout.Axis(x, axis) }) }];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value x = Widening.Up(builder, X);
        Value length = P == 1 ? builder.ReduceL1(x, [Axis], keepDims: true) : builder.ReduceL2(x, [Axis], keepDims: true);
        Value zero = builder.Float(x.DType, 0);
        Value result = builder.Where(builder.Equal(length, zero), zero, builder.Div(x, length));
        return [Widening.To(builder, result, X.DType)];
    }

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("LpNormalization", 1)
    {
        Attributes = [OnnxAttr.Of("axis"), OnnxAttr.Of("p")],
        When = static op => ((LpNorm)op).X.DType is DType.F32 or DType.F64,
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("euclidean", static g => [g.LpNorm(g.In("x", "f32[n, 5]"))]),
        new("magnitudes", static g => [g.LpNorm(g.In("x", "f32[4, n, 2]"), axis: 0, p: 1)]),
        new("nothing", static g => [g.LpNorm(g.In("x", "f64[n, 3]"), axis: 1)])
        {
            Fixed = new Dictionary<string, RefTensor> { ["x"] = RefTensor.Floats(DType.F64, [3, 3], [0, 0, 0, 1, -1, 0, 0, 3, 4]) },
        },
        new("f16", static g => [g.LpNorm(g.In("x", "f16[n, 4]"))]),
    ];
}
