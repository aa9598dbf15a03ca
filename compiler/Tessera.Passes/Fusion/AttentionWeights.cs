using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>What stands between a softmax over keys and the product with values.</summary>
/// <param name="Softmax">The softmax.</param>
/// <param name="Scale">A factor on its results.</param>
/// <param name="IsSafe">Whether results that are NaN are made 0.</param>
internal sealed record AttentionWeights(Softmax Softmax, double Scale = 1, bool IsSafe = false)
{
    private const int MostSteps = 6;

    /// <summary>
    /// The softmax beneath casts between floats, reshapes of the axes in front of both token axes, a factor, and a choice of 0
    /// where it is NaN.
    /// </summary>
    public static AttentionWeights? Match(Value weights, RewriteContext context) => Match(weights, context, MostSteps);

    private static AttentionWeights? Match(Value weights, RewriteContext context, int steps) => steps == 0 ? null : weights.Op switch
    {
        Softmax softmax when softmax.Axis == -1 || softmax.Axis == weights.Rank - 1 => new AttentionWeights(softmax),
        Cast { X: var x } cast when Numbers.Wider(x.DType, cast.To) is not null => Match(x, context, steps - 1),
        Reshape { X: { Rank: >= 2 } x } reshape when reshape.Shape.Rank >= 2
            && context.Equal([.. x.Shape.Skip(x.Rank - 2)], [.. reshape.Shape.Skip(reshape.Shape.Rank - 2)]) => Match(x, context, steps - 1),
        Where { Condition.Op: IsNaN { X: var asked }, X: var zero, Y: var x } when ReferenceEquals(asked, x) && Numbers.IsZero(zero)
            && context.Equal(x.Shape, weights.Shape) => Match(x, context, steps - 1) is { Scale: 1 } inner ? inner with { IsSafe = true } : null,
        Mul or Div when Numbers.StripScale(weights) is ({ } x, var scale) && scale != 1 => Match(x, context, steps - 1) is { } inner ? inner with { Scale = inner.Scale * scale } : null,
        _ => null,
    };

    /// <summary>The op that keeps a softmax further down from being weights; null where there is none.</summary>
    public static Op? Obstacle(Value weights)
    {
        Op? first = null;
        for (int step = 0; step < MostSteps && weights.Op is { Operands: [{ } next, ..] } op; step++)
        {
            if (op is Softmax)
            {
                return first;
            }

            first = first is null && op is not (Cast or Reshape) ? op : first;
            weights = next;
        }

        return null;
    }
}
