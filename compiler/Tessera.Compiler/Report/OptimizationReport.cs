using System.Globalization;
using Tessera.Compiler.Draw;
using Tessera.Compiler.Explain;
using Tessera.Compiler.Inspect;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Report;

/// <summary>A page about an optimisation: what was there, what became of it, why, and why not more.</summary>
public static class OptimizationReport
{
    private const int MostPlaces = 40;

    /// <param name="model">The model as it was read.</param>
    /// <param name="optimized">What became of it.</param>
    /// <param name="options">What else to tell.</param>
    public static ReportFile Of(OnnxModel model, CompiledModel optimized, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimized);
        options ??= new ReportOptions();
        string title = $"{Path.GetFileName(model.Path)}, optimised for {EmitTargets.Word(optimized.Target)}";
        OptimizeReport report = optimized.Report;
        RewrittenRegions regions = new(optimized.Single, optimized.Rewrites);
        (GraphReport before, GraphReport after) = (GraphReport.Of(optimized.Single), GraphReport.Of(optimized.Emitted.Graph));
        return new ReportFile(title,
        [
            new ReportBlock.Heading(1, title),
            .. Summary(model, optimized, before, after),
            .. Rules(report),
            .. ExpertSites.Of(optimized.Rewrites),
            .. Missed(report),
            .. Lowered(report),
            .. Carried(model.Notes),
            .. Replayed(optimized.Replayed),
            .. Warnings(options.Warnings),
            new ReportBlock.Heading(2, "Graph before"),
            .. ModelBlocks.Graph("before", "What was read; framed: what a fusion took away", optimized.Single, regions.WasTaken),
            new ReportBlock.Heading(2, "Graph after"),
            .. ModelBlocks.Graph("after", "What was written; framed: what a fusion put there", optimized.Emitted.Graph, regions.WasPut),
            .. options.Times ? Times(report) : [],
        ]);
    }

    private static IEnumerable<ReportBlock> Summary(OnnxModel model, CompiledModel optimized, GraphReport before, GraphReport after)
    {
        Dictionary<string, string> then = ModelBlocks.Rows(after).ToDictionary(static r => r.What, static r => r.Value);
        string[][] rows =
        [
            ["nodes in the file", Figure.Number(model.Nodes), Figure.Number(optimized.Nodes)],
            ["opsets", Opsets(model.Opsets), Opsets(optimized.Emitted.Model.OpsetImport.ToDictionary(static o => o.Domain.Length == 0 ? "ai.onnx" : o.Domain, static o => o.Version))],
            .. ModelBlocks.Rows(before).Select(r => (string[])[r.What, r.Value, then.GetValueOrDefault(r.What, "")]),
        ];
        yield return new ReportBlock.Table(["", "before", "after"], rows);
        yield return new ReportBlock.Heading(2, "Ops by kind");
        Dictionary<string, int> was = before.Ops.ToDictionary(static o => o.Op, static o => o.Count);
        Dictionary<string, int> now = after.Ops.ToDictionary(static o => o.Op, static o => o.Count);
        yield return new ReportBlock.Picture("ops", "Ops by kind, before and after", SvgBars.Draw(
            [.. was.Keys.Union(now.Keys).Select(op => (Op: op, Before: was.GetValueOrDefault(op), After: (int?)now.GetValueOrDefault(op)))
                .OrderByDescending(static k => Math.Max(k.Before, k.After ?? 0)).ThenBy(static k => k.Op, StringComparer.Ordinal)]));
    }

    private static string Opsets(IEnumerable<KeyValuePair<string, long>> versions) =>
        string.Join(", ", versions.OrderBy(static v => v.Key, StringComparer.Ordinal).Select(static v => $"{v.Key} {v.Value}"));

    private static IEnumerable<ReportBlock> Rules(OptimizeReport report)
    {
        yield return new ReportBlock.Heading(2, "Rules that fired");
        RuleReport[] fired = [.. report.Rules.Where(static r => r.Fired.Count > 0)];
        if (fired.Length == 0)
        {
            yield return new ReportBlock.Line("None: there was nothing in the graph that a rule for this target improves.");
            yield break;
        }

        yield return new ReportBlock.Table(["rule", "times", "where"], [.. fired.Select(static r => (string[])[r.Rule, Figure.Number(r.Fired.Count), Places(r.Fired.Select(static f => $"{f.Op} {Place.Of(f.Place)}"))])]);
    }

    private static string Places(IEnumerable<string> places)
    {
        string[] all = [.. places.GroupBy(static p => p).Select(static g => g.Count() > 1 ? $"{g.Key} (× {g.Count()})" : g.Key)];
        return string.Join(", ", all.Take(MostPlaces)) + (all.Length > MostPlaces ? $" and {all.Length - MostPlaces} more" : "");
    }

    private static IEnumerable<ReportBlock> Missed(OptimizeReport report)
    {
        yield return new ReportBlock.Heading(2, "Near misses");
        (string Rule, ReasonGroup Group)[] missed = [.. report.Rules.SelectMany(static r => r.Reasons.Select(g => (r.Rule, g))).OrderByDescending(static m => m.g.Places.Count)];
        yield return missed.Length == 0
            ? new ReportBlock.Line("None: where a rule's form stood, the rule fired.")
            : new ReportBlock.Table(["rule", "times", "op", "precondition that failed", "where"], [.. missed.Select(static m => (string[])
                [m.Rule, Figure.Number(m.Group.Places.Count), m.Group.Op, m.Group.Reason, Places(m.Group.Places.Select(Place.Of))])]);
    }

    private static IEnumerable<ReportBlock> Lowered(OptimizeReport report)
    {
        yield return new ReportBlock.Heading(2, "Not written because of the target");
        yield return report.Lowered.Count == 0
            ? new ReportBlock.Line("Nothing: the target has every op of the rewritten graph.")
            : new ReportBlock.Table(["op", "times", "why it is written as simpler ops", "where"], [.. report.LoweredGroups.Select(static g => (string[])
                [g.Op, Figure.Number(g.Places.Count), g.Reason, Places(g.Places.Select(Place.Of))])]);
        string[] others = [.. report.Rules.Where(static r => !r.Tried).Select(static r => r.Rule)];
        if (others.Length > 0)
        {
            yield return new ReportBlock.Line($"Rules for other targets, or asked for by name only: {string.Join(", ", others)}.");
        }
    }

    private static IEnumerable<ReportBlock> Carried(ReadNotes notes)
    {
        yield return new ReportBlock.Heading(2, "Carried through");
        yield return notes.Carried.Count == 0
            ? new ReportBlock.Line("Nothing: every node was understood.")
            : new ReportBlock.Table(["node", "operator", "why it is not understood"], [.. notes.Carried.Select(static c => (string[])[c.Node, c.Op, c.Reason])]);
    }

    private static IEnumerable<ReportBlock> Replayed(IReadOnlyList<SiteReport> replayed)
    {
        if (replayed.Count == 0)
        {
            yield break;
        }

        yield return new ReportBlock.Heading(2, "Replayed sites");
        yield return new ReportBlock.Line($"{replayed.Count(static r => r.Holds)} of {replayed.Count} rewritten sites give the same as what they replaced, on {replayed.Sum(static r => r.Cases)} generated inputs; the largest difference is {replayed.Max(static r => r.Largest).ToString("E1", CultureInfo.InvariantCulture)} of the largest element.");
        SiteReport[] open = [.. replayed.Where(static r => !r.Holds)];
        if (open.Length > 0)
        {
            yield return new ReportBlock.Table(["site", "what is open"], [.. open.Select(static r => (string[])[r.Site, r.Difference ?? SiteReport.NotChecked])]);
        }
    }

    private static IEnumerable<ReportBlock> Warnings(IReadOnlyList<CompileWarning> warnings)
    {
        if (warnings.Count > 0)
        {
            yield return new ReportBlock.Heading(2, "Warnings");
            yield return new ReportBlock.Table(["code", "place", "what"], [.. warnings.Select(static w => (string[])[w.Code, w.Place, w.Message])]);
        }
    }

    private static IEnumerable<ReportBlock> Times(OptimizeReport report)
    {
        yield return new ReportBlock.Heading(2, "Time of passes");
        yield return new ReportBlock.Table(["pass", "milliseconds", "ops before", "ops after"], [.. report.Passes.Select(static p => (string[])
            [p.Pass, p.Time.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture), Figure.Number(p.OpsBefore), Figure.Number(p.OpsAfter)])]);
    }
}
