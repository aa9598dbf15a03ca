namespace Tessera.Runtime;

/// <summary>
/// A batch whose examples lie one after another along the token axis. Built by <see cref="BatchBuilder.Pack"/>.
/// </summary>
public sealed class PackedBatch
{
    private readonly RaggedPartition[] _partitions;
    private readonly TensorInput[] _inputs;

    internal PackedBatch(TensorInput[] features, RaggedPartition[] partitions)
    {
        _partitions = partitions;
        Count = partitions is [var first, ..] ? first.Count : (int)features[0].Dims[0];
        _inputs =
        [
            .. features,
            .. partitions.Select(partition => TensorInput.From($"cu_seqlens_{partition.Symbol}", partition.CuSeqlens, Count + 1)),
        ];
    }

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    /// <summary>What the run takes: the features as they were added, then one <c>cu_seqlens_SYMBOL: i32[batch + 1]</c> a symbol.</summary>
    public ReadOnlySpan<TensorInput> Inputs => _inputs;

    /// <summary>One partition a ragged symbol, in the order in which features brought them.</summary>
    public IReadOnlyList<RaggedPartition> Partitions => _partitions;

    /// <summary>The partition of one ragged symbol.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0739: no feature has this symbol.</exception>
    public RaggedPartition Partition(string symbol)
        => Array.Find(_partitions, partition => partition.Symbol == symbol)
        ?? throw BatchErrors.UnknownSymbol(symbol, _partitions.Select(partition => partition.Symbol));

    /// <summary>One example's rows of a token-major output <c>[tokens, …]</c>, without a copy.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0721: another element type. TSR0737: the first axis is not this symbol's tokens. TSR0739: unknown symbol.</exception>
    public Span<T> Tokens<T>(TensorOutput output, string symbol, int example)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(output);
        var partition = Partition(symbol);
        BatchLayout.CheckFirstAxis(output, partition.Tokens, $"the tokens of '{symbol}'");
        return partition.Slice(output.AsSpan<T>(), example);
    }

    /// <summary>One example's row of an output <c>[batch, …]</c>, without a copy.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0721: another element type. TSR0737: the first axis is not the batch.</exception>
    public Span<T> Row<T>(TensorOutput output, int example)
        where T : unmanaged
        => BatchLayout.Row<T>(output, example, Count);

    public override string ToString() => $"{Count} examples; {string.Join("; ", _partitions.Select(partition => partition.ToString()))}";
}
