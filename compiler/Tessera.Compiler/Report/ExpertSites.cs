using System.Globalization;
using Tessera.Compiler.Inspect;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes;

namespace Tessera.Compiler.Report;

/// <summary>Mixtures of experts that an optimisation found: their routing, what of them a token uses, and the bytes of weights that it reads.</summary>
internal static class ExpertSites
{
    private static readonly HashSet<string> s_runAll = ["fuse-masked-experts", "fuse-batched-experts"];

    /// <summary>A table, one row for each site; nothing where there is none.</summary>
    public static IEnumerable<ReportBlock> Of(IReadOnlyList<RewriteRecord> rewrites)
    {
        Dictionary<SourceLocation, (GroupedMlp Site, string Rule)> sites = Sites(rewrites);
        if (sites.Count == 0)
        {
            yield break;
        }

        yield return new ReportBlock.Heading(2, "Mixtures of experts");
        yield return new ReportBlock.Table(
            ["where", "routing", "experts", "weights", "of them for a token", "bytes a token reads, before", "after"],
            [.. sites.Values.Select(static s => Row(s.Site, s.Rule))]);
    }

    /// <summary>What a routing does, in words.</summary>
    public static string Words(Op? router)
    {
        if (router is not Route route)
        {
            return "not understood";
        }

        string score = route.Scoring switch
        {
            RouteScoring.Softmax => "softmax",
            RouteScoring.Sigmoid => "sigmoid",
            RouteScoring.SparseMixer => "sparse mixer",
            _ => "sparse top-k",
        };
        string top = string.Create(CultureInfo.InvariantCulture, $"top {route.K}");
        string[] words =
        [
            .. route.ExpertChoice ? [score, "experts choose"] : route.SelectFirst ? new[] { top, score } : [score, top],
            .. route.SelectionBias is null ? [] : new[] { "selected with a bias" },
            .. route.GroupCount == 0 ? [] : new[] { string.Create(CultureInfo.InvariantCulture, $"in the best {route.TopGroups} of {route.GroupCount} groups") },
            .. route.Renormalize ? new[] { "renormalised" } : [],
            .. route.Scale.Value == 1 ? [] : new[] { string.Create(CultureInfo.InvariantCulture, $"times {route.Scale.Value:0.###}") },
            .. route.CapacityFactor.Value == 0 ? [] : new[] { string.Create(CultureInfo.InvariantCulture, $"capacity {route.CapacityFactor.Value:0.###}") },
        ];
        return string.Join(", ", words);
    }

    // Each by its place, with the rule that found it; what a later rule made of one stands for both.
    private static Dictionary<SourceLocation, (GroupedMlp Site, string Rule)> Sites(IReadOnlyList<RewriteRecord> rewrites)
    {
        Dictionary<SourceLocation, (GroupedMlp Site, string Rule)> sites = [];
        foreach (RewriteRecord rewrite in rewrites.Where(static r => r.Rule == "fuse-route" || r.Rule.EndsWith("-experts", StringComparison.Ordinal)))
        {
            HashSet<Op> known = new(GraphWalk.PostOrder(rewrite.Original), ReferenceEqualityComparer.Instance);
            foreach (GroupedMlp site in GraphWalk.PostOrder(rewrite.Replacement).OfType<GroupedMlp>().Where(s => !known.Contains(s)))
            {
                SourceLocation place = site.Outputs[0].Source;
                sites[place] = (site, sites.TryGetValue(place, out (GroupedMlp, string Rule) earlier) ? earlier.Rule : rewrite.Rule);
            }
        }

        return sites;
    }

    private static string[] Row(GroupedMlp site, string rule)
    {
        long experts = site.ExpertCount;
        long each = Math.Min(site.Experts.Shape[1].ConstValue ?? experts, experts);
        long all = site.Tail.Sum(static v => v.Shape.NumElements.ConstValue ?? 0);
        long bytes = site.Tail.Sum(static v => v.DType.ByteCount(v.Shape.NumElements.ConstValue ?? 0));
        return
        [
            Explain.Place.Of(site.Outputs[0].Source),
            Words(site.Experts.Producer),
            string.Create(CultureInfo.InvariantCulture, $"{each} of {experts}"),
            Figure.Number(all),
            Figure.Number(all / experts * each),
            Figure.Number(s_runAll.Contains(rule) ? bytes : bytes / experts * each),
            Figure.Number(bytes / experts * each),
        ];
    }
}
