using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x where x ≥ 0, else slope · x; the slope broadcasts to the shape of x (arXiv 1502.01852).</summary>
[Op("prelu")]
public sealed partial record PRelu(Value X, Value Slope) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(X, Slope);
        Shape common = context.Broadcast(context.ShapeOf(X), context.ShapeOf(Slope));
        if (!X.DType.IsFloat() || common.Rank != X.Rank)
        {
            throw context.Error("TSR0203", $"x must be float, and a slope must broadcast to it; they are {X.Type} and {Slope.Type}.");
        }

        for (int axis = 0; axis < X.Rank; axis++)
        {
            context.RequireEqual(common[axis], X.Shape[axis], "sizes of x and of x with the slope");
        }

        return [X.Type];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor slope) = (context.Tensor(0), context.Tensor(1));
        int[] map = Broadcasting.Map(slope, x.Dims);
        return [RefTensor.Floats(x.DType, x.Dims, [.. x.F.Select((v, i) => v < 0 ? slope.F[map[i]] * v : v)])];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Broadcasting.Batch(context);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("PRelu", 7);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("row", static g => [g.PRelu(g.In("x", "f32[n, 3]"), g.In("slope", "f32[3]"))]),
        new("channel", static g => [g.PRelu(g.In("x", "f32[2, 3, n]"), g.In("slope", "f32[3, 1]"))]),
        new("f64", static g => [g.PRelu(g.In("x", "f64[n, 2]"), g.In("slope", "f64[1]"))]) { NoRuntime = UnarySamples.NoKernel },
    ];
}
