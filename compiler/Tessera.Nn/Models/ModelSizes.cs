using Tessera.Ir;

namespace Tessera.Nn.Models;

/// <summary>Checks of the sizes that make up a model, before any layer is made of them.</summary>
internal static class ModelSizes
{
    // Far above any published model, and small enough that no count overflows.
    private const int Most = 1 << 20;

    /// <summary>Most blocks, and the largest patch.</summary>
    public const int MostBlocks = 1 << 12;

    /// <summary>Largest side of an image.</summary>
    public const int MostPixels = 1 << 15;

    /// <exception cref="TesseraException">TSR0607.</exception>
    public static void InRange(string model, string what, int value, int least = 1, int most = Most)
    {
        if (value < least || value > most)
        {
            throw new TesseraException("TSR0607", model, $"{what} is {value}.", $"It must lie in [{least}, {most}].");
        }
    }

    /// <exception cref="TesseraException">TSR0607.</exception>
    public static void Divides(string model, string what, int value, string by, int divisor)
    {
        if (value % divisor != 0)
        {
            int below = value / divisor * divisor;
            string hint = below == 0 ? $"{divisor} would fit." : $"{below} and {below + divisor} would fit.";
            throw new TesseraException("TSR0607", model, $"{what} {value} is no multiple of {by} {divisor}; {value % divisor} are left over.", hint);
        }
    }
}
