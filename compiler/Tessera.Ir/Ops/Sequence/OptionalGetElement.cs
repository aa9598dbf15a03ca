using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The value in an optional, which must not be absent.</summary>
[Op("optional_get_element")]
public sealed partial record OptionalGetElement(Value X) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => X.Type is OptionalType { Element: var element }
        ? [element]
        : throw context.Error("TSR0212", $"the operand must be optional; it is {X.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        [context.Operands[0] is RefOptional optional ? optional.Item ?? throw context.Error("the value is absent.") : context.Operands[0]!];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("an optional value has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("OptionalGetElement", 15);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("tensor", static g => [g.Neg(g.OptionalGetElement(g.OptionalOf(g.In("x", "i64[n]"))))]),
    ];
}
