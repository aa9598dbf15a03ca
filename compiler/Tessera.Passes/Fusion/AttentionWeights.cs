using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>What stands between a softmax over keys and the product with values.</summary>
internal static class AttentionWeights
{
    /// <summary>The softmax beneath casts between floats and reshapes of the axes in front of both token axes.</summary>
    public static Softmax? Softmax(Value weights, RewriteContext context)
    {
        while (true)
        {
            switch (weights.Op)
            {
                case Cast { X: var x } cast when Numbers.Wider(x.DType, cast.To) is not null:
                    weights = x;
                    continue;
                case Reshape { X: { Rank: >= 2 } x } reshape when reshape.Shape.Rank >= 2
                    && context.Equal([.. x.Shape.Skip(x.Rank - 2)], [.. reshape.Shape.Skip(reshape.Shape.Rank - 2)]):
                    weights = x;
                    continue;
                case Softmax softmax when softmax.Axis == -1 || softmax.Axis == weights.Rank - 1:
                    return softmax;
                default:
                    return null;
            }
        }
    }
}
