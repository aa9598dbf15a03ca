using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Whether an optional holds a value, <c>bool[]</c>.</summary>
[Op("optional_has_element")]
public sealed partial record OptionalHasElement(Value X) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => X.Type is OptionalType
        ? [new TensorType(DType.Bool, Shape.Scalar)]
        : throw context.Error("TSR0212", $"the operand must be optional; it is {X.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [RefTensor.Bools([], [context.Operands[0] is not RefOptional { Item: null }])];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("an optional value has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("OptionalHasElement", 15);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("tensor", static g => [g.OptionalHasElement(g.OptionalOf(g.In("x", "i64[n]")))]),
    ];
}
