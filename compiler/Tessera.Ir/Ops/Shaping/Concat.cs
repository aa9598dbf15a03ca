using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Tensors of one rank joined along an axis; all other sizes are equal.</summary>
[Op("concat")]
public sealed partial record Concat(EquatableArray<Value> Inputs) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public required long Axis { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (Inputs.Count == 0)
        {
            throw context.Error("TSR0203", "it needs at least one operand.");
        }

        Shape first = context.ShapeOf(Inputs[0]);
        int axis = context.Axis(Axis, first.Rank);
        foreach (Value input in Inputs.Skip(1))
        {
            context.RequireSameDType(Inputs[0], input);
            Shape shape = context.ShapeOf(input);
            if (shape.Rank != first.Rank)
            {
                throw context.Error("TSR0203", $"ranks differ: {Inputs[0].Type} and {input.Type}.");
            }

            for (int a = 0; a < first.Rank; a++)
            {
                if (a != axis)
                {
                    context.RequireEqual(first[a], shape[a], $"sizes of axis {a}");
                }
            }
        }

        Dim total = context.Facts.Simplify(Dim.Sum(Inputs.Select(v => context.ShapeOf(v)[axis])));
        return [new TensorType(Inputs[0].DType, first.With(axis, total))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor[] inputs = [.. Inputs.Select((_, i) => context.Tensor(i))];
        return [Joining.Along(inputs, (int)(Axis < 0 ? Axis + inputs[0].Rank : Axis))];
    }

    public override IReadOnlyList<Dim>? DimContent(int output)
    {
        if (Outputs[0].Rank != 1)
        {
            return null;
        }

        List<Dim> content = [];
        foreach (Value input in Inputs)
        {
            if (input.Sizes is not { } part || content.Count + part.Count > Value.MostSizes)
            {
                return null;
            }

            content.AddRange(part);
        }

        return content;
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [ConcatBatching.Batch(context, Axis)];

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Concat", 4, OnnxAttr.Of("axis"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("rows", 0, "f32[n, 3]", "f32[2, 3]"),
        Sample("columns", -1, "f32[n, 3]", "f32[n, 1]", "f32[n, 0]"),
        Sample("middle", 1, "i64[2, n, 3]", "i64[2, 1, 3]"),
        Sample("one", 0, "f16[n]"),
        Sample("vectors", 0, "i32[n]", "i32[0]", "i32[n]"),
        Sample("bool", 1, "bool[2, n]", "bool[2, 2]"),
    ];

    private static OpSample Sample(string name, long axis, params string[] types) =>
        new(name, g => [g.Concat([.. types.Select((t, i) => g.In($"x{i}", t))], axis)]) { Sizes = ShapingSamples.Sizes };
}
