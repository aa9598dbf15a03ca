using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>Applies rules, in regions too, until none applies any more.</summary>
public sealed record RewritePass(string Name, IReadOnlyList<RewriteRule> Rules) : IPass
{
    /// <summary>A pass of one rule, by the rule's name.</summary>
    public RewritePass(RewriteRule rule)
        : this(rule.Name, [rule])
    {
    }

    public Graph Run(Graph graph, PassContext context)
    {
        // What it has come to an end on before has nothing left for it.
        if (context.IsSettled(this, graph.Roots))
        {
            return graph;
        }

        RewriteDriver driver = new(Name, Rules, context, new WeightContents(graph.Weights));
        Graph result = graph.WithRoots(driver.Run(graph.Builder, [.. graph.Roots]));
        context.Settle(this, result.Roots);
        return result;
    }
}
