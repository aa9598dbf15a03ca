using System.Numerics;
using Tessera.Nn.Models;
using Tessera.Nn.Weights;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>
/// T5's relative position bias (arXiv 1910.10683): one learned number for each head and bucket of distance, buckets exact
/// up to half their number and logarithmic up to <c>maxDistance</c>, beyond which all distances share the last.
/// The result <c>[heads, 2R + 1]</c> holds the bias of distance d = key − query at column d + R, R = maxDistance.
/// </summary>
[Module]
public sealed partial class RelativeBias(int heads, int buckets = 32, int maxDistance = 128, bool bidirectional = true)
{
    // The first distances of all buckets but the exact ones.
    private readonly int[] _edges = EdgesOf(buckets, maxDistance, bidirectional);

    public Parameter Weight { get; } = new([buckets, heads], Initializer.Normal(0, 1));

    /// <param name="any">Any tensor of the graph.</param>
    public Tensor Forward(Tensor any)
    {
        long[] columns = [.. Enumerable.Range(-maxDistance, (2 * maxDistance) + 1).Select(d => (long)BucketOf(d))];
        return Weight.In(any).Gather(Constant(any, columns)).Transpose(1, 0);
    }

    /// <summary>The bucket of a distance.</summary>
    internal int BucketOf(int distance)
    {
        int side = bidirectional ? buckets / 2 : buckets;
        int first = bidirectional && distance > 0 ? side : 0;
        int length = bidirectional ? Math.Abs(distance) : Math.Max(-distance, 0);
        int exact = side / 2;
        if (length < exact)
        {
            return first + length;
        }

        // Where buckets are narrower than one, several begin at a length: the last of them has it.
        int found = Array.BinarySearch(_edges, length);
        int last = found >= 0 ? found : ~found - 1;
        while (last + 1 < _edges.Length && _edges[last + 1] <= length)
        {
            last++;
        }

        return first + exact + last;
    }

    // Bucket exact + j holds the lengths with ln(length / exact) / ln(max / exact) · (side − exact) in [j, j + 1). In whole numbers
    // its least length is that with length^m · exact^j ≥ max^j · exact^m, m = side − exact: no rounding moves it.
    private static int[] EdgesOf(int buckets, int maxDistance, bool bidirectional)
    {
        ModelSizes.InRange(nameof(RelativeBias), "number of buckets", buckets, least: bidirectional ? 4 : 2, most: 1 << 10);
        int side = bidirectional ? buckets / 2 : buckets;
        int exact = side / 2;
        int logarithmic = side - exact;
        ModelSizes.InRange(nameof(RelativeBias), "largest distance", maxDistance, least: exact + 1);
        int[] edges = new int[logarithmic];
        for (int j = 0; j < logarithmic; j++)
        {
            BigInteger bound = BigInteger.Pow(maxDistance, j) * BigInteger.Pow(exact, logarithmic);
            BigInteger factor = BigInteger.Pow(exact, j);
            (int low, int high) = (exact, maxDistance);
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = BigInteger.Pow(middle, logarithmic) * factor >= bound ? (low, middle) : (middle + 1, high);
            }

            edges[j] = low;
        }

        return edges;
    }
}
