namespace Tessera.Runtime;

/// <summary>
/// A batch whose examples lie one after another along the token axis. Its inputs are the features as they were added, then
/// one <c>cu_seqlens_SYMBOL: i32[batch + 1]</c> a ragged symbol. Built by <see cref="BatchBuilder.Pack"/>.
/// </summary>
public sealed class PackedBatch : RaggedBatch
{
    internal PackedBatch(int count, TensorInput[] features, RaggedPartition[] partitions)
        : base(count, [.. features, .. partitions.Select(CuSeqlensInput)], partitions)
    {
    }

    /// <summary>One example's rows of a token-major output <c>[tokens, …]</c>, without a copy.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0721: another element type. TSR0737: the first axis is not this symbol's tokens. TSR0739: unknown symbol.</exception>
    public Span<T> Tokens<T>(TensorOutput output, string symbol, int example)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(output);
        var partition = Partition(symbol);
        CheckFirstAxis(output, partition.Tokens, $"the tokens of '{symbol}'");
        return partition.Slice(output.AsSpan<T>(), example);
    }

    private static TensorInput CuSeqlensInput(RaggedPartition partition)
        => TensorInput.From($"cu_seqlens_{partition.Symbol}", partition.CuSeqlens, partition.Count + 1);
}
