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
        Attention[] sites = [.. graph.PostOrder().OfType<Attention>().Where(static a => a.Logits == LogitsStage.None && !a.Safe)];
        if (sites.Length == 0)
        {
            return graph;
        }

        RewriteContext rewrite = new(graph.Builder, context, new RewriteUses([.. graph.Roots], graph.PostOrder()), new WeightContents(graph.Weights)) { Rule = Name };
        Dictionary<Value, Value> known = [];
        HashSet<Attention> taken = new(ReferenceEqualityComparer.Instance);
        foreach (Value value in graph.PostOrder().Where(static op => op.OutputCount == 1).Select(static op => op.Outputs[0]).Reverse())
        {
            if (value.Rank < 3 || Stage(value, rewrite) is not { } found
                || sites.FirstOrDefault(a => !taken.Contains(a) && Gives(a, found.Op, found.Stage, value)) is not { } site)
            {
                continue;
            }

            IReadOnlyList<Value> both = graph.Builder.EmitAll(site with { Logits = found.Stage }, site.Outputs[0].Source);
            context.Record(Name, [site.Outputs[0], value], both);
            taken.Add(site);
            known.Add(site.Outputs[0], both[0]);
            known.Add(value, both[1]);
        }

        return known.Count == 0 ? graph : GraphRebuild.Run(graph, (op, _) => op.OutputCount == 1 && known.TryGetValue(op.Outputs[0], out Value? now) ? [now] : null);
    }

    // The attention whose logits the value would be, and of which stage.
    private static (Attention Op, LogitsStage Stage)? Stage(Value value, RewriteContext context)
    {
        bool weights = value.Op is Softmax;
        Value logits = value.Op is Softmax softmax && (softmax.Axis == -1 || softmax.Axis == value.Rank - 1) ? softmax.X : value;
        if ((weights && ReferenceEquals(logits, value)) || value.Op is not (Softmax or Add or Where or Mul or Div or MatMul)
            || new LogitsMatcher(context).Match(logits) is not { } matched
            || AttentionSite.Of(matched, null, context, out _) is not { } site)
        {
            return null;
        }

        Attention op = AttentionEmission.Op(site, context);
        return (op, weights ? LogitsStage.Weights
            : op.Mask is not null || op.HidesKeys ? LogitsStage.Biased
            : op.Softcap.Value > 0 ? LogitsStage.Capped
            : LogitsStage.Product);
    }

    private static bool Gives(Attention site, Attention logits, LogitsStage stage, Value value) =>
        ReferenceEquals(site.Q, logits.Q) && ReferenceEquals(site.K, logits.K) && site.Scale == logits.Scale && value.DType == site.Q.DType
        && value.Shape.Rank == site.Q.Rank
        && (stage is LogitsStage.Product || site.Softcap == logits.Softcap)
        && (stage is LogitsStage.Product or LogitsStage.Capped || HidesAlike(site, logits))
        && site.QNorm is null && site.KNorm is null;

    private static bool HidesAlike(Attention a, Attention b) => ReferenceEquals(a.Mask, b.Mask) && ReferenceEquals(a.Visible, b.Visible)
        && a.Causal == b.Causal && a.Hiding == b.Hiding && a.Fill == b.Fill && a.Bias is null && a.KLengths is null;
}
