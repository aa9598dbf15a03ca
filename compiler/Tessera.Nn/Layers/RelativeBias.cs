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

        double log = Math.Log((double)length / exact) / Math.Log((double)maxDistance / exact);
        return first + Math.Min(exact + (int)(log * (side - exact)), side - 1);
    }
}
