using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A sequence of tensors of one element type, in order.</summary>
[Op("sequence_construct")]
public sealed partial record SequenceConstruct(EquatableArray<Value> Inputs) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (Inputs.Count == 0)
        {
            throw context.Error("TSR0212", "it needs at least one operand.", "Use sequence_empty.");
        }

        TensorType element = Inputs[0].Tensor;
        foreach (Value input in Inputs.Skip(1))
        {
            element = SequenceTypes.Join(context, element, input.Tensor);
        }

        return [new SequenceType(element)];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        [new RefSequence([.. context.Operands.Select(static v => v!)])];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("a sequence has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("SequenceConstruct", 11).Lacks(DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("same", static g => [g.SequenceAt(g.SequenceConstruct([g.In("x", "f32[n, 2]"), g.In("y", "f32[n, 2]")]), g.Int(DType.I64, -1))]),
        new("sizes differ", static g => [g.ConcatFromSequence(g.SequenceConstruct([g.In("x", "i64[n]"), g.In("y", "i64[2]")]), 0)])
        {
            Sizes = ShapingSamples.Sizes,
        },
    ];
}
