namespace Tessera.Kernels.Cpu.Attention;

/// <summary>The attributes of a packed attention, resolved: a causal mask is a right window of 0.</summary>
internal readonly record struct AttentionOptions(
    double Scale, long WindowLeft, long WindowRight, float Softcap, float NormEpsilon)
{
    /// <summary>From the attributes as the op states them.</summary>
    /// <param name="scale">0 for 1 / √D.</param>
    /// <param name="causal">Key j is visible to query i only if j ≤ i, both counted from their segment's start.</param>
    /// <param name="windowLeft">Key j is visible only if j ≥ i − windowLeft; −1 for no limit.</param>
    /// <param name="windowRight">Key j is visible only if j ≤ i + windowRight; −1 for no limit.</param>
    /// <param name="softcap">0 for none.</param>
    /// <param name="normEpsilon">Added to the mean square of a query or key that is normalised.</param>
    /// <param name="headDim">D.</param>
    public static AttentionOptions Create(
        float scale, bool causal, long windowLeft, long windowRight, float softcap, float normEpsilon, int headDim)
    {
        long left = windowLeft < 0 ? long.MaxValue : windowLeft;
        long right = windowRight < 0 ? long.MaxValue : windowRight;
        double resolved = scale == 0 ? 1 / Math.Sqrt(headDim) : scale;
        return new(resolved, left, causal ? 0 : right, softcap, normEpsilon);
    }
}
