namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// The product with values where a mask hides some and some are not finite: 0 · ∞ would carry a hidden value into
/// the result, so each lane sums over its own keys only. Slow, and as rare as such values.
/// </summary>
internal static unsafe class MaskedValues
{
    /// <param name="scratch">Probabilities, sums, and the first and last visible key of each lane.</param>
    /// <param name="values">Values [keys, size].</param>
    /// <param name="stride">From one value to the next.</param>
    /// <param name="keys">Keys in this step.</param>
    /// <param name="size">E.</param>
    /// <param name="lanes">Lanes.</param>
    /// <param name="rescale">[lanes], or null where there are no earlier sums.</param>
    public static void Add(in AttentionScratch scratch, float* values, nint stride, int keys, int size, int lanes, float* rescale)
    {
        for (int x = 0; x < lanes; x++)
        {
            int first = (int)scratch.First[x], last = Math.Min((int)scratch.Last[x], keys - 1);
            for (int e = 0; e < size; e++)
            {
                float* sum = scratch.Sum + ((nint)e * lanes) + x;
                float s = rescale is null ? 0 : *sum * rescale[x];
                for (int j = first; j <= last; j++)
                    s += scratch.Logits[((nint)j * lanes) + x] * values[(j * stride) + e];
                *sum = s;
            }
        }
    }
}
