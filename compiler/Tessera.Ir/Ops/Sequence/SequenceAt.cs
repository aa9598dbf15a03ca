using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The element of a sequence at a position; negative ones count from the end.</summary>
[Op("sequence_at")]
public sealed partial record SequenceAt(Value Sequence, Value Position) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        SequenceTypes.RequirePosition(context, Position);
        return [SequenceTypes.TakenOut(context, SequenceTypes.Element(context, Sequence))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        IReadOnlyList<RefValue> items = ((RefSequence)context.Operands[0]!).Items;
        return [items[(int)IndexChecks.Normal(context, context.Tensor(1).I[0], items.Count)]];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("a sequence has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("SequenceAt", 11);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("first", static g => [g.SequenceAt(g.SequenceConstruct([g.In("x", "f32[n]"), g.In("y", "f32[2]")]), g.Int(DType.I64, 0))]),
        new("last", static g => [g.SequenceAt(g.SequenceConstruct([g.In("x", "f16[n]"), g.In("y", "f16[0]")]), g.Int(DType.I64, -1))]),
    ];
}
