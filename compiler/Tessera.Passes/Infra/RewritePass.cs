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
        RewriteDriver driver = new(Name, Rules, context, new WeightContents(graph.Weights));
        return graph.WithRoots(driver.Run(graph.Builder, [.. graph.Roots]));
    }
}
