using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Positions of x along an axis where a condition <c>bool[k]</c>, k at most the axis, is true; those beyond it are left out.</summary>
[Op("compress")]
public sealed partial record Compress(Value X, Value Condition) : Op
{
    public required long Axis { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        int axis = context.Axis(Axis, x.Rank);
        return context.ShapeOf(Condition).Rank == 1 && Condition.DType == DType.Bool
            ? [new TensorType(X.DType, x.With(axis, context.Fresh(0, axis)))]
            : throw context.Error("TSR0203", $"the condition must be bool[k]; it is {Condition.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, bool[] condition) = (context.Tensor(0), context.Tensor(1).B);
        int axis = (int)(Axis < 0 ? Axis + x.Rank : Axis);
        int[] taken = [.. Enumerable.Range(0, (int)Math.Min(condition.Length, x.Dims[axis])).Where(i => condition[i])];
        long inner = AxisSizes.After(x.Dims, axis);
        return [RefTensor.Gather(x, [.. x.Dims.Take(axis), taken.Length, .. x.Dims.Skip(axis + 1)], i =>
            (int)((((i / inner / taken.Length * x.Dims[axis]) + taken[i / inner % taken.Length]) * inner) + (i % inner)))];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => context.Operands[1]!.Form == BatchForm.Unbatched
        ? [AxisWise.Batch(context, Axis, axis => new Compress(context.Operands[0]!.Value, context.Operands[1]!.Value) { Axis = axis })]
        : throw context.Mixes("how many positions its condition keeps differs by example");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Compress", 9, OnnxAttr.Of("axis")).Lacks(DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => [g.Compress(g.In("x", "f32[3, 2]"), g.In("c", "bool[3]"), 0)]),
        new("short", static g => [g.Compress(g.In("x", "i64[2, 4]"), g.In("c", "bool[2]"), -1)]),
    ];
}
