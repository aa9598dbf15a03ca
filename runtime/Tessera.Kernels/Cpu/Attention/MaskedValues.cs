namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// The product with values where a mask hides some and some are not finite: 0 · ∞ would carry a hidden value into
/// the result, so each row sums over its own keys only. Slow, and as rare as such values.
/// </summary>
internal static unsafe class MaskedValues
{
    /// <param name="scratch">Probabilities, and the first and last visible key of each row.</param>
    /// <param name="rows">With their sums.</param>
    /// <param name="values">Values [keys, size].</param>
    /// <param name="stride">From one value to the next.</param>
    /// <param name="size">E.</param>
    /// <param name="rescale">[rows], or null where there are no earlier sums.</param>
    public static void Add(in AttentionScratch scratch, in RowBlock rows, float* values, nint stride, int size, float* rescale)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            int first = (int)scratch.First[i], last = (int)scratch.Last[i];
            float* sum = rows.Sum + ((nint)i * scratch.ValueStride), weights = scratch.Logits + ((nint)i * AttentionScratch.MaxKeys);
            for (int e = 0; e < size; e++)
            {
                float s = rescale is null ? 0 : sum[e] * rescale[i];
                for (int j = first; j <= last; j++)
                    s += weights[j] * values[(j * stride) + e];
                sum[e] = s;
            }
        }
    }
}
