namespace Tessera.Runtime;

/// <summary>
/// A batch whose examples are padded by zeros to the longest. Its inputs are the features as they were added, then one
/// <c>lengths_SYMBOL: i32[batch]</c> a ragged symbol. Built by <see cref="BatchBuilder.Pad"/>; there to be compared with
/// <see cref="PackedBatch"/>, and for models that know no other form.
/// </summary>
public sealed class PaddedBatch : RaggedBatch
{
    internal PaddedBatch(int count, TensorInput[] features, RaggedPartition[] partitions)
        : base(count, [.. features, .. partitions.Select(LengthsInput)], partitions)
    {
    }

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

    private static TensorInput LengthsInput(RaggedPartition partition)
        => TensorInput.From($"lengths_{partition.Symbol}", Enumerable.Range(0, partition.Count).Select(partition.Length).ToArray(), partition.Count);
}
