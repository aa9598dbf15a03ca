using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Ir.Text;

namespace Tessera.Passes.Replay;

/// <summary>
/// Proves rewrites after the fact: cuts the region of each rewritten site out, original and replacement, as two graphs over
/// the values that both are made of, and runs them side by side on generated inputs.
/// </summary>
public static class SiteReplay
{
    private const int MostSteps = 8;

    /// <summary>One report for each site; equal sites (the same block many times over) are run once each.</summary>
    /// <param name="before">The graph that was rewritten: its constraints bound the sizes, its weights are those used.</param>
    /// <param name="records">What the driver recorded (<see cref="PassOptions.RecordRewrites"/>).</param>
    /// <param name="options">Tolerance and number of cases.</param>
    public static IReadOnlyList<SiteReport> VerifyRewrites(Graph before, IEnumerable<RewriteRecord> records, ReplayOptions options)
    {
        ArgumentNullException.ThrowIfNull(records);
        Dictionary<string, SiteReport> known = new(StringComparer.Ordinal);
        return [.. records.Select(record => Replay(before, record, options, known))];
    }

    /// <summary>Replays sites and fails with the name of the first that does not hold.</summary>
    /// <exception cref="TesseraException">TSR0511: it does not hold. TSR0512: no input of a size that the constraints allow could be run.</exception>
    public static void RequireRewrites(Graph before, IEnumerable<RewriteRecord> records, ReplayOptions options)
    {
        foreach (SiteReport report in VerifyRewrites(before, records, options))
        {
            report.Require();
        }
    }

    private static SiteReport Replay(Graph before, RewriteRecord record, ReplayOptions options, Dictionary<string, SiteReport> known)
    {
        IReadOnlyList<Value> frontier = Frontier(record, Common(record));
        Graph original = Cut(before, record, record.Original, frontier);
        Graph replacement = Cut(before, record, record.Replacement, frontier);
        string text = Printer.Print(original) + Printer.Print(replacement);
        if (!known.TryGetValue(text, out SiteReport? report))
        {
            known.Add(text, report = GraphEquivalence.Check(original, replacement, record.Site, options with { WhereFinite = record.Ground.WhereFinite, WhereOrdered = record.Ground.WhereOrdered }));
        }

        return report with { Site = record.Site };
    }

    // What both sides reach.
    private static HashSet<Value> Common(RewriteRecord record)
    {
        HashSet<Op> original = new(GraphWalk.PostOrder(record.Original), ReferenceEqualityComparer.Instance);
        return [.. GraphWalk.PostOrder(record.Replacement).Where(original.Contains).SelectMany(static op => op.Outputs)];
    }

    // The first common values met on the way down: leaves that say what they are (weights, constants) are kept as they are,
    // for a law may depend on them.
    private static IReadOnlyList<Value> Frontier(RewriteRecord record, HashSet<Value> common)
    {
        List<Value> frontier = [];
        HashSet<Value> seen = [];
        Stack<Value> stack = new(record.Original.Concat(record.Replacement).Reverse());
        while (stack.TryPop(out Value? value))
        {
            if (!seen.Add(value))
            {
                continue;
            }

            if (value.Op is Input || (common.Contains(value) && !IsFixed(value, record.Ground.Weights) && !IsMadeAgain(value, record)))
            {
                frontier.Add(value);
                continue;
            }

            foreach (Value operand in value.Producer.Operands.OfType<Value>().Reverse())
            {
                stack.Push(operand);
            }
        }

        HashSet<Value> cut = [.. frontier];
        return [.. frontier.Where(v => !Follows(v, cut, record.Ground.Weights)).OrderBy(static v => v.Id)];
    }

    // What the rewrite relies on, and any other result of the same op.
    private static bool IsMadeAgain(Value value, RewriteRecord record) => record.Ground.Made.Any(r => ReferenceEquals(r.Producer, value.Producer));

    // Whether a few steps make the value of others of the frontier (a mask of lengths that are there themselves): given values
    // of its own it would contradict them.
    private static bool Follows(Value value, HashSet<Value> cut, IReadOnlyList<string> weights)
    {
        HashSet<Value> seen = [];
        Stack<Value> stack = new(value.Producer.Operands.OfType<Value>());
        bool meets = false;
        while (stack.TryPop(out Value? operand))
        {
            if (cut.Contains(operand))
            {
                meets = true;
            }
            else if (!IsFixed(operand, weights) && seen.Add(operand))
            {
                if (operand.Op is Input or Parameter || seen.Count > MostSteps)
                {
                    return false;
                }

                foreach (Value next in operand.Producer.Operands.OfType<Value>())
                {
                    stack.Push(next);
                }
            }
        }

        return meets;
    }

    // Constants, sizes as numbers, and weights that the rewrite relies on: leaves that no input decides.
    private static bool IsOwnWord(Value value, IReadOnlyList<string> weights) => value.Producer.Operands.Length == 0
        && (value.Op is Parameter parameter ? weights.Contains(parameter.Path) : value.Op is not Input);

    // A function of constants and flags alone, as far as a few steps tell: a mask that is proved finite is one.
    private static bool IsFixed(Value value, IReadOnlyList<string> weights, int depth = 8) => IsOwnWord(value, weights) || (depth > 0 && value.Producer.Operands.Length > 0
        && value.Producer.Operands.All(v => v is null or { Type: TensorType { DType: DType.Bool } } || IsFixed(v, weights, depth - 1)));

    // An input of each size makes it known to the evaluator where the cut values only have it in an expression.
    private static IEnumerable<string> Symbols(Graph before, IReadOnlyList<Value> frontier) => before.Inputs.Concat(frontier)
        .SelectMany(static v => v.Type is TensorType { Shape: { } shape } ? shape.Symbols : [])
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    private static Graph Cut(Graph before, RewriteRecord record, IReadOnlyList<Value> roots, IReadOnlyList<Value> frontier)
    {
        GraphBuilder builder = new(before.Constraints) { TakesClaims = before.Builder.TakesClaims };
        List<Value> inputs = [.. Symbols(before, frontier).Select(s => builder.Emit(new Input { Name = $"size {s}", Type = new TensorType(DType.Bool, [Dim.Sym(s)]) }))];
        Dictionary<Value, Value> known = [];
        for (int i = 0; i < frontier.Count; i++)
        {
            known.Add(frontier[i], builder.Emit(new Input { Name = $"v{i}", Type = frontier[i].Type }));
        }

        IReadOnlyList<Value> cut = RegionCut.Rebuild(builder, roots, known);
        return new Graph
        {
            Name = record.Rule,
            Builder = builder,
            Inputs = [.. inputs, .. frontier.Select(v => known[v])],
            Outputs = [.. cut.Select(static (v, i) => new GraphOutput($"y{i}", v))],
            Weights = record.Ground.Weights.Where(before.Weights.ContainsKey).ToDictionary(static p => p, p => before.Weights[p], StringComparer.Ordinal),
        };
    }
}
