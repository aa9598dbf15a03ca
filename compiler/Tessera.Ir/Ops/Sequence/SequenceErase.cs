using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A sequence without the element at a position, or without its last one.</summary>
[Op("sequence_erase")]
public sealed partial record SequenceErase(Value Sequence, Value? Position) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        SequenceTypes.Element(context, Sequence);
        SequenceTypes.RequirePosition(context, Position);
        return [Sequence.Type];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        List<RefValue> items = [.. ((RefSequence)context.Operands[0]!).Items];
        items.RemoveAt((int)IndexChecks.Normal(context, context.OptionalTensor(1)?.I[0] ?? -1, items.Count));
        return [new RefSequence(items)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("a sequence has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("SequenceErase", 11);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => [g.SequenceAt(g.SequenceErase(Pair(g)), g.Int(DType.I64, 0))]),
        new("first", static g => [g.SequenceAt(g.SequenceErase(Pair(g), g.Int(DType.I64, -2)), g.Int(DType.I64, 0))]),
    ];

    private static Value Pair(GraphBuilder g) => g.SequenceConstruct([g.In("x", "f32[n]"), g.In("y", "f32[2]")]);
}
