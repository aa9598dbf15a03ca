using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The elements of a sequence joined along an axis, or along a new one when <see cref="NewAxis"/> is set. There must be at least one.</summary>
[Op("concat_from_sequence")]
public sealed partial record ConcatFromSequence(Value Sequence) : Op
{
    public required long Axis { get; init; }

    public bool NewAxis { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        TensorType element = SequenceTypes.TakenOut(context, SequenceTypes.Element(context, Sequence));
        if (element.Shape is not { } shape)
        {
            return [element];
        }

        int axis = context.Axis(Axis, NewAxis ? shape.Rank + 1 : shape.Rank);
        Dim size = Sequence.Op is SequenceConstruct { Inputs: var parts }
            ? NewAxis ? parts.Count : context.Facts.Simplify(Dim.Sum(parts.Select(v => v.Tensor.Shape![axis])))
            : context.Fresh(0, NewAxis ? shape.Rank : axis);
        return [element with { Shape = NewAxis ? shape.Insert(axis, size) : shape.With(axis, size) }];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor[] items = [.. ((RefSequence)context.Operands[0]!).Items.Cast<RefTensor>()];
        if (items.Length == 0)
        {
            throw context.Error("the sequence is empty.");
        }

        int axis = (int)(Axis >= 0 ? Axis : Axis + items[0].Rank + (NewAxis ? 1 : 0));
        return [Joining.Along(NewAxis ? [.. items.Select(t => t.Reshaped([.. t.Dims.Take(axis), 1, .. t.Dims.Skip(axis)]))] : items, axis)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("a sequence has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("ConcatFromSequence", 11, OnnxAttr.Of("axis"), OnnxAttr.Of("new_axis"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => [g.ConcatFromSequence(g.SequenceConstruct([g.In("x", "f32[n, 2]"), g.In("y", "f32[1, 2]")]), 0)])
        {
            Sizes = ShapingSamples.Sizes,
        },
        new("stacked", static g => [g.ConcatFromSequence(g.SequenceConstruct([g.In("x", "f32[n, 2]"), g.In("y", "f32[n, 2]")]), -1, newAxis: true)])
        {
            Sizes = ShapingSamples.Sizes,
        },
    ];
}
