using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// A loop with a round for each expert  →  what its rounds, written out one after another, are fused to. Where they do not become
/// grouped experts the loop stays as it is.
/// </summary>
public sealed class FuseLoopedExperts : RewriteRule<Loop>
{
    private const long MostRounds = 1024;
    private const int MostOps = 512;
    private const int LeastProducts = 2;

    private static readonly IReadOnlyList<IPass> s_inner =
    [
        Pipelines.Canonicalize,
        new RewritePass("fuse-activations", [new FuseGelu(), new FuseSigmoid(), new FuseSilu()]),
        Pipelines.Canonicalize,
        new RewritePass("fuse-experts", [new FuseMaskedExperts(), new FuseGatheredExperts(), new FuseGuardedExperts()]),
    ];

    public override IReadOnlyList<Value>? ApplyAll(Loop op, RewriteContext context)
    {
        if (op.OutputCount != op.Carried || op.Rounds?.ConstValue is not (> 1 and <= MostRounds) || !IsOfExperts(op.Body))
        {
            return null;
        }

        Graph unrolled = new()
        {
            Name = op.Schema.Name,
            Builder = context.Builder,
            Inputs = [],
            Outputs = [.. Unroll(op, context).Select(static (v, i) => new GraphOutput($"y{i}", v))],
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

    private static bool IsOfExperts(Region body)
    {
        IReadOnlyList<Op> ops = GraphWalk.PostOrder(body.Results);
        return ops.Count <= MostOps && ops.Sum(Products) >= LeastProducts;
    }

    private static int Products(Op op) => op is MatMul ? 1
        : op is IRegionOp { Regions: var regions } ? regions.Sum(static r => GraphWalk.PostOrder(r.Results).Count(static o => o is MatMul))
        : 0;

    private static IReadOnlyList<Value> Unroll(Loop op, RewriteContext context)
    {
        GraphBuilder g = context.Builder;
        Value goes = g.Constant(RefTensors.ToContent(RefTensor.Bools([], [true])));
        IReadOnlyList<Value> carried = [.. op.Values.Take((int)op.Carried)];
        IReadOnlyList<Value> captures = [.. op.Values.Skip((int)op.Carried)];
        for (long round = 0; round < op.Rounds!.ConstValue; round++)
        {
            carried = [.. RegionInlining.Inline(g, op.Body, [g.Int(DType.I64, round), goes, .. carried, .. captures]).Skip(1)];
        }

        return carried;
    }

    // Why the rounds are no experts: what they compute beside them.
    private static string? Left(Loop op, Value[] results)
    {
        HashSet<Op> around = new(GraphWalk.PostOrder(op.Values), ReferenceEqualityComparer.Instance);
        Op[] own = [.. GraphWalk.PostOrder(results).Where(o => !around.Contains(o))];
        return !own.Any(static o => o is GroupedMlp) ? "its rounds are no sum of experts"
            : own.Any(static o => o is MatMul or IRegionOp) ? "its rounds multiply matrices that are no expert's"
            : null;
    }
}
