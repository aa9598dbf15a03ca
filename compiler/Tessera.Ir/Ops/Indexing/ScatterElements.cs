using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Data with single elements replaced along an axis: <c>y[i, indices[i, j, k], k] = updates[i, j, k]</c> for axis 1.</summary>
[Op("scatter_elements")]
public sealed partial record ScatterElements(Value Data, Value Indices, Value Updates) : Op
{
    public long Axis { get; init; }

    public ScatterReduction Reduction { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(Data, Updates);
        ElementIndexing.Check(context, Data, Indices, Axis);
        (Shape indices, Shape updates) = (context.ShapeOf(Indices), context.ShapeOf(Updates));
        if (indices.Rank != updates.Rank)
        {
            throw context.Error("TSR0203", $"updates must have the shape of indices; they are {Updates.Type} and {Indices.Type}.");
        }

        for (int a = 0; a < indices.Rank; a++)
        {
            context.RequireEqual(indices[a], updates[a], $"sizes of axis {a} of indices and updates");
        }

        return [Data.Type];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor data, RefTensor indices, RefTensor updates) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        int[] to = ElementIndexing.Positions(context, data, indices, Axis);
        return [Scatter.Apply(data, updates, [.. to.Select(static (target, i) => (target, i))], Reduction)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        (IReadOnlyList<Value> operands, int axis) = ElementIndexing.Batch(context, Axis);
        Value value = context.Emit(this with { Data = operands[0], Indices = operands[1], Updates = operands[2], Axis = axis });
        return [context.Wrap(value, context.ResultShape())];
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("ScatterElements", 11)
        {
            Attributes = [OnnxAttr.Of("axis")],
            When = static op => ((ScatterElements)op).Reduction == ScatterReduction.None,
        },
        new OnnxRow("ScatterElements", 16)
        {
            Attributes = [OnnxAttr.Of("axis"), OnnxAttr.Of("reduction")],
            When = static op => ((ScatterElements)op).Reduction is not (ScatterReduction.Max or ScatterReduction.Min),
        },
        new OnnxRow("ScatterElements", 18) { Attributes = [OnnxAttr.Of("axis"), OnnxAttr.Of("reduction")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("columns", "f32[n, 3]", "i64[n, 1]", "f32[n, 1]", 1, ScatterReduction.None),
        Sample("rows", "i64[3, n]", "i32[1, n]", "i64[1, n]", 0, ScatterReduction.None),
        Sample("add", "f32[n, 3]", "i64[n, 2]", "f32[n, 2]", -1, ScatterReduction.Add),
        Sample("min", "f32[n, 3]", "i64[n, 2]", "f32[n, 2]", -1, ScatterReduction.Min),
    ];

    private static OpSample Sample(string name, string data, string indices, string updates, long axis, ScatterReduction reduction) =>
        new(name, g => [g.ScatterElements(g.In("x", data), g.In("i", indices), g.In("u", updates), axis, reduction)])
        {
            Sizes = ShapingSamples.Sizes,
            IntRange = (-3, 3),
        };
}
