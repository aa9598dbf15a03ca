namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Keys From ≤ j &lt; To, counted from the start of the segment; empty where To ≤ From.</summary>
internal readonly record struct KeyRange(int From, int To)
{
    public bool IsEmpty => To <= From;

    /// <summary>The keys visible to query <paramref name="i"/>.</summary>
    public static KeyRange VisibleTo(long i, in AttentionOptions options, int keys)
    {
        long from = options.WindowLeft >= i ? 0 : i - options.WindowLeft;
        long to = options.WindowRight >= keys - i ? keys : i + options.WindowRight + 1;
        return new((int)Math.Min(from, keys), (int)Math.Clamp(to, 0, keys));
    }
}
