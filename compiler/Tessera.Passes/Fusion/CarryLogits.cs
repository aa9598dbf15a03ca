using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// attention(q, k, v) and logits of the same q and k that something else asks for  →  one attention that gives out both.
/// Of several such logits the last on their way to the softmax.
/// </summary>
public sealed record CarryLogits : IPass
{
    public string Name => "carry-logits";

    public Graph Run(Graph graph, PassContext context)
    {
        while (One(graph, context) is { } carried)
        {
            graph = carried;
        }

        return graph;
    }

    // One at a time: an attention further on is over what became of this one.
    private Graph? One(Graph graph, PassContext context)
    {
        IReadOnlyList<Op> order = graph.PostOrder();
        Attention[] sites = [.. order.OfType<Attention>().Where(static a => a.Logits == LogitsStage.None && !a.Safe)];
        if (sites.Length == 0)
        {
            return null;
        }

        RewriteContext rewrite = new(graph.Builder, context, new RewriteUses([.. graph.Roots], order), new WeightContents(graph.Weights)) { Rule = Name };
        foreach (Value value in order.Where(static op => op.OutputCount == 1).Select(static op => op.Outputs[0]).Reverse())
        {
            if (value.Type is not TensorType { Shape.Rank: >= 3 } || Stage(value, rewrite) is not { } found || sites.FirstOrDefault(a => Gives(a, found.Op, found.Stage, value, rewrite)) is not { } site)
            {
                continue;
            }

            IReadOnlyList<Value> both = graph.Builder.EmitAll(site with { Logits = found.Stage }, site.Outputs[0].Source);
            context.Record(Name, [site.Outputs[0], value], both);
            return GraphRebuild.Run(graph, (op, _) => op.OutputCount != 1 ? null
                : ReferenceEquals(op, site) ? [both[0]]
                : ReferenceEquals(op, value.Producer) ? [both[1]]
                : null);
        }

        return null;
    }

    // The attention whose logits the value would be, and of which stage.
    private static (Attention Op, LogitsStage Stage)? Stage(Value value, RewriteContext context)
    {
        Softmax? softmax = value.Op is Softmax over && (over.Axis == -1 || over.Axis == value.Rank - 1) ? over : null;
        if (new LogitsMatcher(context).Match(softmax?.X ?? value) is not { Refusal: null } matched
            || AttentionSite.Of(matched, null, context, out _) is not { } site)
        {
            return null;
        }

        Attention op = AttentionEmission.Op(site, context);
        return (op, softmax is not null ? LogitsStage.Weights
            : op.Mask is not null || op.HidesKeys ? LogitsStage.Biased
            : op.Softcap.Value > 0 ? LogitsStage.Capped
            : LogitsStage.Product);
    }

    // Before anything is added or hidden, only the product and its cap need be the same.
    private static bool Gives(Attention site, Attention logits, LogitsStage stage, Value value, RewriteContext context) =>
        IrTypes.Same(value.Type, LogitsOf(site), context.Facts)
        && (stage is LogitsStage.Product or LogitsStage.Capped
            ? GivesProduct(site, logits) && (stage is LogitsStage.Product || site.Softcap == logits.Softcap)
            : site == logits with { V = site.V })
        && !ComesFirst(value, site);

    private static bool GivesProduct(Attention site, Attention logits) => ReferenceEquals(site.Q, logits.Q) && ReferenceEquals(site.K, logits.K)
        && site.Scale == logits.Scale && site.QNorm is null && site.KNorm is null;

    // A mask may be made of the very product that it is added to.
    private static bool ComesFirst(Value value, Attention site) => GraphWalk.PostOrder(site.Operands.OfType<Value>()).Contains(value.Producer);

    private static TensorType LogitsOf(Attention site)
    {
        (Shape q, int rank) = (site.Q.Shape, site.Q.Rank);
        return new TensorType(site.Q.DType, [.. q.SkipLast(3), q[rank - 2], q[rank - 3], site.K.Shape[rank - 3]]);
    }
}
