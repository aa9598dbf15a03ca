using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A sequence with a tensor put before the element at a position, or at the end. The position lies in [−length, length].</summary>
[Op("sequence_insert")]
public sealed partial record SequenceInsert(Value Sequence, Value X, Value? Position) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        SequenceTypes.RequirePosition(context, Position);
        return [new SequenceType(SequenceTypes.Join(context, SequenceTypes.Element(context, Sequence), X.Tensor))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        List<RefValue> items = [.. ((RefSequence)context.Operands[0]!).Items];
        long at = context.OptionalTensor(2)?.I[0] ?? items.Count;
        if (at < -items.Count || at > items.Count)
        {
            throw context.Error($"position {at} is outside a sequence of {items.Count}.");
        }

        items.Insert((int)(at < 0 ? at + items.Count : at), context.Operands[1]!);
        return [new RefSequence(items)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("a sequence has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("SequenceInsert", 11).Lacks(DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("end", static g => [g.ConcatFromSequence(g.SequenceInsert(Pair(g), g.In("z", "f32[1, 2]")), 0)]),
        new("front", static g => [g.ConcatFromSequence(g.SequenceInsert(Pair(g), g.In("z", "f32[1, 2]"), g.Int(DType.I64, 0)), 0)]),
        new("before last", static g => [g.ConcatFromSequence(g.SequenceInsert(Pair(g), g.In("z", "f32[1, 2]"), g.Int(DType.I64, -1)), 0)]),
    ];

    private static Value Pair(GraphBuilder g) => g.SequenceConstruct([g.In("x", "f32[n, 2]"), g.In("y", "f32[2, 2]")]);
}
