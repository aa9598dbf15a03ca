using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Passes;

namespace Tessera.Compiler.Explain;

/// <summary>What the passes of a compilation did: rules and where they fired, near misses, and ops that the target lacks.</summary>
public sealed class OptimizeReport
{
    /// <summary>The code of a requirement that is not met.</summary>
    public const string UnmetCode = "TSR0971";

    private const int MostShown = 5;

    internal OptimizeReport(IReadOnlyList<RuleReport> rules, IReadOnlyList<PassReport> passes, IReadOnlyList<LoweredOp> lowered) =>
        (Rules, Passes, Lowered) = (rules, passes, lowered);

    /// <summary>Every rule there is: those tried in their order, then the others.</summary>
    public IReadOnlyList<RuleReport> Rules { get; }

    /// <summary>One entry for each pass that ran, in order.</summary>
    public IReadOnlyList<PassReport> Passes { get; }

    /// <summary>Ops of the rewritten graph that the target lacks and that are written as simpler ones.</summary>
    public IReadOnlyList<LoweredOp> Lowered { get; }

    /// <summary>These by op and reason, most frequent first.</summary>
    public IReadOnlyList<ReasonGroup> LoweredGroups => ReasonGroup.Of(Lowered.Select(static l => (l.Op, l.Reason, l.Place)));

    /// <summary>What the rule of a name did.</summary>
    /// <exception cref="TesseraException">TSR0970: there is none.</exception>
    public RuleReport Rule(string name) => Rules.First(r => r.Rule == RuleNames.Check(name));

    /// <summary>Fails unless a rule fired as often as asked; the message holds the nearest misses.</summary>
    /// <param name="rule">Its name.</param>
    /// <param name="times">The least number of sites.</param>
    /// <exception cref="TesseraException">TSR0970: there is no such rule. TSR0971: it fired less often.</exception>
    public void Require(string rule, int times = 1) => Require([(rule, times)]);

    /// <summary>The same for several rules; all that fired too rarely are named.</summary>
    /// <exception cref="TesseraException">As above.</exception>
    public void Require(IEnumerable<(string Rule, int Times)> required)
    {
        string[] unmet = [.. required.Select(r => (Report: Rule(r.Rule), r.Times)).Where(static r => r.Report.Fired.Count < r.Times).Select(static r => Unmet(r.Report, r.Times))];
        if (unmet.Length > 0)
        {
            throw new TesseraException(UnmetCode, "", string.Join('\n', unmet));
        }
    }

    private static string Unmet(RuleReport rule, int times) =>
        $"{rule.Rule} fired {Times(rule.Fired.Count)}, at least {Times(times)} {(times == 1 ? "was" : "were")} required. {Misses(rule)}";

    /// <summary>A count in words.</summary>
    public static string Times(int count) => count == 1 ? "once" : $"{count} times";

    private static string Misses(RuleReport rule)
    {
        if (!rule.Tried)
        {
            return "No pass for this target applies it.";
        }

        if (rule.Misses.Count == 0)
        {
            return "Nothing else in the graph has its form.";
        }

        string[] shown = [.. rule.Reasons.Take(MostShown).Select(static g => $"\n  {g.Places.Count} × {g.Op}, {(g.Places.Count > 1 ? "first " : "")}{Place.Of(g.Places[0])}: {g.Reason}")];
        int left = rule.Reasons.Count - shown.Length;
        return $"Nearest misses:{string.Concat(shown)}{(left > 0 ? $"\n  and {left} reasons more" : "")}";
    }
}
