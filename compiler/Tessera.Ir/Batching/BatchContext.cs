namespace Tessera.Ir.Batching;

/// <summary>What the batched form of one op may ask and emit.</summary>
public sealed class BatchContext
{
    public BatchContext(Op op, IReadOnlyList<Batched?> operands, BatchEnvironment environment)
    {
        Op = op;
        Operands = operands;
        Environment = environment;
    }

    /// <summary>The one-example op.</summary>
    public Op Op { get; }

    /// <summary>Its operands in their batched forms; null where an optional one is absent.</summary>
    public IReadOnlyList<Batched?> Operands { get; }

    /// <summary>Partitions, lengths and totals of the batched graph.</summary>
    public BatchEnvironment Environment { get; }

    public GraphBuilder Builder => Environment.Builder;

    public BatchMode Mode => Environment.Mode;

    /// <summary>The one-example shape of an operand.</summary>
    public Shape ShapeOf(int operand) => Op.Operands[operand]!.Shape;

    /// <summary>The one-example shape of a result.</summary>
    public Shape ResultShape(int output = 0) => Op.Outputs[output].Shape;

    /// <summary>Emits into the batched graph at the place of the one-example op.</summary>
    public Value Emit(Op op) => Builder.Emit(op, Op.Outputs[0].Source);

    /// <inheritdoc cref="Emit"/>
    public IReadOnlyList<Value> EmitAll(Op op) => Builder.EmitAll(op, Op.Outputs[0].Source);

    /// <summary>The batched form that a result of this one-example shape has when it depends on the example.</summary>
    public Batched Wrap(Value value, Shape oneExample) => Environment.Wrap(value, oneExample, this);

    /// <summary>The batched forms of the results by those of the simpler ops that the op consists of.</summary>
    /// <exception cref="TesseraException">TSR0401: it consists of none, or one of these mixes examples.</exception>
    public IReadOnlyList<Batched> ByParts() => Environment.ByParts(Op) ?? throw Mixes("it has no batched form");

    /// <summary>Whether an operand is there and depends on the example.</summary>
    public bool Varies(int operand) => Operands.ElementAtOrDefault(operand) is { Form: not BatchForm.Unbatched };

    /// <summary>The error for an op that would let one example see another.</summary>
    public TesseraException Mixes(string reason) => new(
        "TSR0401",
        Op.Outputs[0].Source,
        $"{Op.Schema.Name} cannot be batched ({Mode}): {reason}.",
        "Operands: " + string.Join(", ", Operands.Select(static (b, i) => b is null ? "_" : $"{b.Form} {b.Value.Type}")) + ".");
}
