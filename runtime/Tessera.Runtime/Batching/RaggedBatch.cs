namespace Tessera.Runtime;

/// <summary>A batch of examples of different lengths, in whichever form: its inputs and how its ragged axes are divided.</summary>
public abstract class RaggedBatch
{
    private readonly RaggedPartition[] _partitions;
    private readonly TensorInput[] _inputs;

    private protected RaggedBatch(int count, TensorInput[] inputs, RaggedPartition[] partitions)
        => (Count, _inputs, _partitions) = (count, inputs, partitions);

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    /// <summary>What the run takes: the features as they were added, then one input a ragged symbol that tells the lengths.</summary>
    public ReadOnlySpan<TensorInput> Inputs => _inputs;

    /// <summary>One partition a ragged symbol, in the order in which features brought them.</summary>
    public IReadOnlyList<RaggedPartition> Partitions => _partitions;

    /// <summary>The partition of one ragged symbol.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0739: no feature has this symbol.</exception>
    public RaggedPartition Partition(string symbol)
        => Array.Find(_partitions, partition => partition.Symbol == symbol)
        ?? throw BatchErrors.UnknownSymbol(symbol, _partitions.Select(partition => partition.Symbol));

    /// <summary>One example's row of an output <c>[batch, …]</c>, without a copy.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0721: another element type. TSR0737: the first axis is not the batch.</exception>
    public Span<T> Row<T>(TensorOutput output, int example)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(example);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(example, Count);
        CheckFirstAxis(output, Count, "the number of examples");
        var all = output.AsSpan<T>();
        var rowSize = all.Length / Count;
        return all.Slice(example * rowSize, rowSize);
    }

    public override string ToString() => $"{Count} examples; {string.Join("; ", _partitions.Select(partition => partition.ToString()))}";

    private protected static void CheckFirstAxis(TensorOutput output, long wanted, string what)
    {
        if (output.Dims.IsEmpty || output.Dims[0] != wanted)
            throw BatchErrors.FirstAxisDiffers(output.Name, output.Dims, wanted, what);
    }
}
