using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A value as one that might have been absent.</summary>
[Op("optional_of")]
public sealed partial record OptionalOf(Value X) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => X.Type is OptionalType
        ? throw context.Error("TSR0212", $"it is optional already: {X.Type}.")
        : [new OptionalType(X.Type)];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [new RefOptional(context.Operands[0])];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("an optional value has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Optional", 15);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("tensor", static g => [g.OptionalGetElement(g.OptionalOf(g.In("x", "i64[n, 2]")))]),
    ];
}
