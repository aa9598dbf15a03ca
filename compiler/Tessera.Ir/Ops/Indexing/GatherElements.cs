using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Elements of data picked along an axis: <c>y[i, j, k] = data[i, indices[i, j, k], k]</c> for axis 1. Indices have the rank
/// of data and are no longer along any other axis; negative ones count from the end.
/// </summary>
[Op("gather_elements")]
public sealed partial record GatherElements(Value Data, Value Indices) : Op
{
    public long Axis { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        ElementIndexing.Check(context, Data, Indices, Axis);
        return [new TensorType(Data.DType, context.ShapeOf(Indices))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor data, RefTensor indices) = (context.Tensor(0), context.Tensor(1));
        int[] from = ElementIndexing.Positions(context, data, indices, Axis);
        return [RefTensor.Gather(data, indices.Dims, i => from[i])];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        if (ElementIndexing.AlongTokens(context, Axis) is { } picked)
        {
            return [picked];
        }

        (IReadOnlyList<Value> operands, int axis) = ElementIndexing.Batch(context, Axis);
        Value value = context.Emit(new GatherElements(operands[0], operands[1]) { Axis = axis });
        return [context.Wrap(value, context.ResultShape())];
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("GatherElements", 11, OnnxAttr.Of("axis"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("columns", static g => [g.GatherElements(g.In("x", "f32[n, 3]"), g.In("i", "i64[n, 2]"), axis: 1)])
        {
            Sizes = ShapingSamples.Sizes,
            IntRange = (-3, 3),
        },
        new("rows", static g => [g.GatherElements(g.In("x", "f16[3, n]"), g.In("i", "i32[5, n]"))]) { Sizes = ShapingSamples.Sizes },
        new("nothing", static g => [g.GatherElements(g.In("x", "i64[2, 3]"), g.In("i", "i64[0, 3]"))]),
    ];
}
