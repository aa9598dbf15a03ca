namespace Tessera.Runtime;

/// <summary>
/// A batch whose examples are padded by zeros to the longest. Built by <see cref="BatchBuilder.Pad"/>; there to be
/// compared with <see cref="PackedBatch"/>, and for models that know no other form.
/// </summary>
public sealed class PaddedBatch
{
    private readonly RaggedPartition[] _partitions;
    private readonly TensorInput[] _inputs;

    internal PaddedBatch(TensorInput[] features, RaggedPartition[] partitions)
    {
        _partitions = partitions;
        Count = (int)features[0].Dims[0];
        _inputs = [.. features, .. partitions.Select(LengthsInput)];
    }

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    /// <summary>What the run takes: the features as they were added, then one <c>lengths_SYMBOL: i32[batch]</c> a symbol.</summary>
    public ReadOnlySpan<TensorInput> Inputs => _inputs;

    /// <summary>One partition a ragged symbol, in the order in which features brought them.</summary>
    public IReadOnlyList<RaggedPartition> Partitions => _partitions;

    /// <summary>The partition of one ragged symbol.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0739: no feature has this symbol.</exception>
    public RaggedPartition Partition(string symbol)
        => Array.Find(_partitions, partition => partition.Symbol == symbol)
        ?? throw BatchErrors.UnknownSymbol(symbol, _partitions.Select(partition => partition.Symbol));

    /// <summary>One example's rows of an output <c>[batch, longest, …]</c> without its padding and without a copy.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0721: another element type. TSR0737: the axes are not the batch and this symbol's longest. TSR0739: unknown symbol.</exception>
    public Span<T> Tokens<T>(TensorOutput output, string symbol, int example)
        where T : unmanaged
    {
        var partition = Partition(symbol);
        var row = Row<T>(output, example);
        if (output.Dims.Length < 2 || output.Dims[1] != partition.MaxLength)
            throw BatchErrors.SecondAxisDiffers(output.Name, output.Dims, partition.MaxLength, symbol);
        return partition.MaxLength == 0 ? [] : row[..(row.Length / partition.MaxLength * partition.Length(example))];
    }

    /// <summary>One example's row of an output <c>[batch, …]</c>, without a copy.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0721: another element type. TSR0737: the first axis is not the batch.</exception>
    public Span<T> Row<T>(TensorOutput output, int example)
        where T : unmanaged
        => BatchLayout.Row<T>(output, example, Count);

    private TensorInput LengthsInput(RaggedPartition partition)
        => TensorInput.From($"lengths_{partition.Symbol}", Enumerable.Range(0, Count).Select(partition.Length).ToArray(), Count);
}
