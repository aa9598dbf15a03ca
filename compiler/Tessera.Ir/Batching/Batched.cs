namespace Tessera.Ir.Batching;

/// <summary>How a batch is laid out.</summary>
public enum BatchMode
{
    /// <summary>All examples have the same sizes: a leading batch axis.</summary>
    Dense,

    /// <summary>A leading batch axis; the ragged axis is as long as the longest example, with lengths beside it.</summary>
    Padded,

    /// <summary>Examples one after another along the token axis, with <c>cu_seqlens</c> beside it.</summary>
    Packed,
}

/// <summary>What has become of a one-example value.</summary>
public enum BatchForm
{
    /// <summary>It does not depend on the example; the value is as it was.</summary>
    Unbatched,

    /// <summary><c>[batch, …]</c>.</summary>
    Dense,

    /// <summary><c>[tokens, …]</c>: the ragged axis is physically first, the other axes follow in their one-example order.</summary>
    Ragged,

    /// <summary><c>[batch, …]</c> whose ragged axis holds garbage beyond each example's length.</summary>
    Padded,
}

/// <summary>A one-example value in its batched form.</summary>
/// <param name="Value">The value in the batched graph.</param>
/// <param name="Form">Its layout.</param>
/// <param name="Axis">One-example axis that is ragged or padded; −1 otherwise.</param>
/// <param name="Partition">
/// Length of one example along that axis, as a function of the ragged symbols (<c>n</c>, <c>n + 1</c>). Two ragged
/// values align only when their partitions are equal.
/// </param>
public sealed record Batched(Value Value, BatchForm Form, int Axis = -1, Dim? Partition = null);
