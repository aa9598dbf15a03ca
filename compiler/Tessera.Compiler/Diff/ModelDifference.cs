namespace Tessera.Compiler.Diff;

/// <summary>What two models differ in, by what they compute and not by the names of nodes, values and sizes.</summary>
public sealed record ModelDifference
{
    /// <summary>Ops that both models have.</summary>
    public required int SameOps { get; init; }

    /// <summary>Inputs and outputs that one has and the other has not, or has under another name or with another type.</summary>
    public required IReadOnlyList<Change> Interface { get; init; }

    /// <summary>Ops of the first model without counterpart in the second, by kind, most frequent first.</summary>
    public required IReadOnlyList<OpGroup> OnlyInFirst { get; init; }

    /// <summary>The same the other way round.</summary>
    public required IReadOnlyList<OpGroup> OnlyInSecond { get; init; }

    /// <summary>Attributes of counterparts that differ.</summary>
    public required IReadOnlyList<AttributeChange> Attributes { get; init; }

    /// <summary>Weights and constants in the same place with other content.</summary>
    public required IReadOnlyList<WeightChange> Weights { get; init; }

    /// <summary>Operands of counterparts that come from elsewhere although nothing between was added or removed.</summary>
    public required IReadOnlyList<Change> Wiring { get; init; }

    /// <summary>What is said about the model and changes nothing that it computes: opsets, producer, metadata.</summary>
    public IReadOnlyList<Change> Notes { get; init; } = [];

    /// <summary>Whether both compute the same from the same inputs under the same names.</summary>
    public bool IsSame => Interface.Count + OnlyInFirst.Count + OnlyInSecond.Count + Attributes.Count + Weights.Count + Wiring.Count == 0;
}
