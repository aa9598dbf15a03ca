using Tessera.Ir;

namespace Tessera.Nn.Layers;

/// <summary>The geometric frequencies of sinusoidal and rotary positions.</summary>
internal static class Frequencies
{
    /// <summary>θ^(−2i / dim) for i &lt; dim / 2, the same bits on every machine.</summary>
    /// <exception cref="TesseraException">TSR0607: θ is no positive number.</exception>
    public static double[] Of(string layer, int dim, double theta) => theta > 0 && double.IsNormal(theta)
        ? [.. Enumerable.Range(0, dim / 2).Select(i => ExactMath.Pow(theta, -2.0 * i / dim))]
        : throw new TesseraException("TSR0607", layer, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"θ is {theta:R}."), "It must be a positive number; 10000 is usual.");
}
