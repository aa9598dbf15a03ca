using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The number of elements of a sequence, <c>i64[]</c>.</summary>
[Op("sequence_length")]
public sealed partial record SequenceLength(Value Sequence) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Sequence.Type is SequenceType
        ? [new TensorType(DType.I64, Shape.Scalar)]
        : throw context.Error("TSR0212", $"the operand must be a sequence; it is {Sequence.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        [RefTensor.Scalar(((RefSequence)context.Operands[0]!).Items.Count)];

    public override IReadOnlyList<Dim>? DimContent(int output) => Sequence.Op switch
    {
        SequenceConstruct construct => [construct.Inputs.Count],
        SequenceEmpty => [0],
        _ => null,
    };

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("a sequence has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("SequenceLength", 11);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("two", static g => [g.SequenceLength(g.SequenceConstruct([g.In("x", "f32[n]"), g.In("y", "f32[2]")]))]),
    ];
}
