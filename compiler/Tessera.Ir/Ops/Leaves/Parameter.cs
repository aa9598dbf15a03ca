using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>
/// A weight, equal by path: two gains with the same values stay two parameters, and a model can be traced, counted and
/// compiled before any weight exists. Bytes are bound beside the graph.
/// </summary>
[Op("parameter")]
public sealed partial record Parameter : Op
{
    /// <summary>Path of the weight in the model, as PyTorch names it: <c>blocks.3.norm1.weight</c>.</summary>
    public required string Path { get; init; }

    public required IrType Type { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        Type is TensorType { Shape.IsStatic: true }
            ? [Type]
            : throw context.Error("TSR0210", $"weight '{Path}' must be a tensor of fixed sizes; it is {Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        throw context.Error($"weight '{Path}' is not bound.");
}
