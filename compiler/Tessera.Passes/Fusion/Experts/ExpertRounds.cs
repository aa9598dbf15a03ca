using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Rounds of a loop or a scan, written out one after another, and what rules about experts make of them.</summary>
internal static class ExpertRounds
{
    public const long Most = 1024;
    private const int MostOps = 512;
    private const long MostInAll = 1 << 16;
    private const int LeastProducts = 2;

    private static readonly IReadOnlyList<IPass> s_inner =
    [
        Pipelines.Canonicalize,
        new RewritePass("fuse-activations", [new FuseGelu(), new FuseSigmoid(), new FuseSilu()]),
        Pipelines.Canonicalize,
        new RewritePass("fuse-experts", [new FuseMaskedExperts(), new FuseGatheredExperts(), new FuseGuardedExperts()]),
    ];

    /// <summary>Whether a round may be that of an expert: it is short, as all of them are, and multiplies matrices.</summary>
    public static bool MayBe(Region body, long rounds)
    {
        IReadOnlyList<Op> ops = GraphWalk.PostOrder(body.Results);
        return ops.Count <= MostOps && ops.Count * rounds <= MostInAll && ops.Sum(Products) >= LeastProducts;
    }

    /// <summary>The values after all rounds where they are grouped experts and nothing that multiplies matrices beside them.</summary>
    /// <param name="op">The loop or the scan.</param>
    /// <param name="rounds">How many rounds there are.</param>
    /// <param name="carried">What goes into the first.</param>
    /// <param name="round">What a round makes of its number and of what goes into it.</param>
    /// <param name="context">Of the rule.</param>
    public static IReadOnlyList<Value>? Fuse(
        Op op, long rounds, IReadOnlyList<Value> carried, Func<long, IReadOnlyList<Value>, IReadOnlyList<Value>> round, RewriteContext context)
    {
        for (long i = 0; i < rounds; i++)
        {
            carried = round(i, carried);
        }

        Graph unrolled = new()
        {
            Name = op.Schema.Name,
            Builder = context.Builder,
            Inputs = [],
            Outputs = [.. carried.Select(static (v, i) => new GraphOutput($"y{i}", v))],
        };
        PassContext inner = new(new PassOptions { RecordRewrites = true });
        Value[] results = [.. PassRunner.Run(unrolled, s_inner, inner).Roots];
        if (Left(op, results) is { } left)
        {
            context.Reject(op, left);
            return null;
        }

        foreach (RewriteGround ground in inner.Rewrites.Select(static r => r.Ground))
        {
            context.RelyOn(ground);
        }

        return results;
    }

    private static int Products(Op op) => op is MatMul ? 1
        : op is IRegionOp { Regions: var regions } ? regions.Sum(static r => GraphWalk.PostOrder(r.Results).Count(static o => o is MatMul))
        : 0;

    // Why the rounds are no experts: what they compute beside them.
    private static string? Left(Op op, Value[] results)
    {
        HashSet<Op> around = new(GraphWalk.PostOrder(op.Operands.OfType<Value>()), ReferenceEqualityComparer.Instance);
        Op[] own = [.. GraphWalk.PostOrder(results).Where(o => !around.Contains(o))];
        return !own.Any(static o => o is GroupedMlp) ? "its rounds are no sum of experts"
            : own.Any(static o => o is MatMul or IRegionOp) ? "its rounds multiply matrices that are no expert's"
            : null;
    }
}
