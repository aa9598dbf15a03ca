using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>
/// Normal values by Marsaglia's polar method, two from each accepted point of the unit disc: elements 2p and 2p + 1 are
/// pair p. Needs a square root, which IEEE makes exact, and a logarithm, which is our own.
/// </summary>
internal static class NormalPairs
{
    /// <param name="dtype">Element type.</param>
    /// <param name="dims">Sizes of the axes.</param>
    /// <param name="random">Source of the bits.</param>
    /// <param name="mean">Mean of the distribution.</param>
    /// <param name="std">Its deviation, before cutting.</param>
    /// <param name="limit">Pairs with a value beyond this many deviations are drawn again, which leaves both values independent.</param>
    public static GeneratedWeightSource Create(DType dtype, IReadOnlyList<long> dims, CounterRandom random, double mean, double std, double limit) =>
        new(dtype, dims, (first, values) =>
        {
            for (var i = 0; i < values.Length;)
            {
                var (even, odd) = Draw(random, (first + i) >> 1, limit);
                if (((first + i) & 1) == 0) values[i++] = mean + (std * even);
                if (i < values.Length) values[i++] = mean + (std * odd);
            }
        });

    private static (double Even, double Odd) Draw(CounterRandom random, long pair, double limit)
    {
        for (var attempt = 0; ; attempt++)
        {
            var bits = random.Bits(pair, attempt);
            var x = Symmetric((int)(bits >> 32));
            var y = Symmetric((int)bits);
            var square = (x * x) + (y * y);
            if (square >= 1) continue;
            var scale = Math.Sqrt(-2 * ExactMath.Log(square) / square);
            if (Math.Abs(x * scale) <= limit && Math.Abs(y * scale) <= limit) return (x * scale, y * scale);
        }
    }

    /// <summary>The middle of one of 2³² equal parts of (−1, 1); never 0.</summary>
    private static double Symmetric(int bits) => (bits + 0.5) * (1.0 / (1L << 31));
}
