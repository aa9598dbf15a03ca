using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>
/// A node of an imported model that no op here stands for: it passes through unchanged, as its ONNX bytes. What is known of
/// its results is what the model claims. Operands are its inputs at <see cref="Positions"/>, then the outer values that its
/// subgraphs name, as <see cref="Captures"/> calls them. It is never evaluated, and <see cref="Id"/> keeps two that look
/// alike apart, for nobody knows whether they are deterministic.
/// </summary>
[Op("opaque")]
public sealed partial record Opaque(EquatableArray<Value> Values) : Op
{
    /// <summary>Size that a claimed type leaves open.</summary>
    public const string OpenSize = "_";

    /// <summary>Empty for <c>ai.onnx</c>.</summary>
    public required string Domain { get; init; }

    /// <summary>Name of the operator in its domain.</summary>
    public required string OpType { get; init; }

    /// <summary>Version of the domain's opset in which the node stood.</summary>
    public required long Version { get; init; }

    /// <summary>First version of the opset in which the node would say something else; 0 where its own alone is known to fit.</summary>
    public long Until { get; init; }

    /// <summary>The <c>NodeProto</c> without names, inputs and outputs: attributes, overload and documentation.</summary>
    public required TensorContent Node { get; init; }

    /// <summary>Claimed type of each result; a size that is not a number is <see cref="OpenSize"/>.</summary>
    public required EquatableArray<IrType> Results { get; init; }

    /// <summary>Position of each input among the node's inputs, rising; those between are left out.</summary>
    public required EquatableArray<long> Positions { get; init; }

    /// <summary>Position of each result among the node's outputs, rising.</summary>
    public required EquatableArray<long> Outlets { get; init; }

    /// <summary>Names by which the node's subgraphs call the last operands.</summary>
    public EquatableArray<string> Captures { get; init; }

    /// <summary>A number of its own.</summary>
    public required long Id { get; init; }

    public override int OutputCount => Results.Count;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Positions.Count + Captures.Count == Values.Count && Outlets.Count == Results.Count
        ? [.. Results.Select((type, i) => Open(context, type, i))]
        : throw context.Error("TSR0211", $"{Values.Count} values stand at {Positions.Count} positions and {Captures.Count} captures, {Results.Count} results at {Outlets.Count} outlets.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        throw context.Error($"{(Domain.Length == 0 ? "ai.onnx" : Domain)}:{OpType} (opset {Version}) is carried through unchanged; there is no reference for it.");

    public override IReadOnlyList<Batched> Batch(BatchContext context) =>
        throw context.Mixes($"what {(Domain.Length == 0 ? "ai.onnx" : Domain)}:{OpType} does is not known");

    // An open size is one that only run time knows.
    private static IrType Open(InferContext context, IrType type, int output) => type switch
    {
        TensorType { Shape: { } shape } tensor => tensor with
        {
            Shape = [.. shape.Select((d, axis) => d.IsSymbol(out string name) && name == OpenSize ? context.Fresh(output, axis) : d)],
        },
        _ => type,
    };

    internal static IEnumerable<OpSample> Samples() => [];
}
