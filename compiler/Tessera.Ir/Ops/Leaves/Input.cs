using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>A declared input of a graph or a parameter of a region.</summary>
[Op("input")]
public sealed partial record Input : Op
{
    public required string Name { get; init; }

    public required IrType Type { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [Type];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        throw context.Error($"input '{Name}' has no value.");
}
