using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Passes.Replay;

/// <summary>Runs two graphs of one interface on generated inputs and compares what they give.</summary>
public static class GraphEquivalence
{
    // Each kind meets two choices of sizes: one of the first is of zeros, where no values are.
    private static readonly ValueKind[] s_kinds =
        [ValueKind.Plain, ValueKind.Small, ValueKind.Large, ValueKind.Special, ValueKind.Special, ValueKind.Large, ValueKind.Small, ValueKind.Plain];

    /// <param name="before">The graph that says what is right.</param>
    /// <param name="after">The graph that should do the same.</param>
    /// <param name="site">Name for the report.</param>
    /// <param name="options">Tolerance, number of cases, and what runs <paramref name="after"/>.</param>
    public static SiteReport Check(Graph before, Graph after, string site, ReplayOptions options)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(options);
        (int ran, int skipped, double largest) = (0, 0, 0);
        IReadOnlyList<IReadOnlyDictionary<string, long>> sizes =
            SizeChoices.For(GraphInputs.Symbols(before), before.Constraints, options.Seed, options.Cases);
        for (int i = 0; i < options.Cases && sizes.Count > 0; i++)
        {
            IReadOnlyDictionary<string, long> chosen = sizes[i % sizes.Count];
            ValueKind kind = s_kinds[i % s_kinds.Length] is var any && options.WhereOrdered && any == ValueKind.Special ? ValueKind.Large : any;
            if (Cost(before, chosen) > options.MostElements || Run(before, after, chosen, options, i, kind) is not { } comparison)
            {
                skipped++;
                continue;
            }

            ran++;
            largest = Math.Max(largest, comparison.Largest);
            if (comparison.Difference is { } difference)
            {
                string at = string.Join(", ", chosen.Select(static p => $"{p.Key} = {p.Value}"));
                return new SiteReport(site, ran, skipped, largest, $"{difference} (values {kind}, seed {options.Seed + i}{(at.Length > 0 ? ", " + at : "")})");
            }
        }

        return new SiteReport(site, ran, skipped, largest, null);
    }

    // Integers of every kind; where the graph as it was refuses them (as indices, say), small ones. Null where it refuses
    // those too: then nothing is said of the rewrite.
    private static Comparison? Run(
        Graph before, Graph after, IReadOnlyDictionary<string, long> sizes, ReplayOptions options, int number, ValueKind kind) =>
        Run(before, after, sizes, options, number, kind, kind)
        ?? (kind == ValueKind.Plain ? null : Run(before, after, sizes, options, number, kind, ValueKind.Plain));

    private static Comparison? Run(
        Graph before, Graph after, IReadOnlyDictionary<string, long> sizes, ReplayOptions options, int number, ValueKind kind, ValueKind integers)
    {
        int seed = options.Seed + number;
        IReadOnlyDictionary<string, RefValue> inputs;
        Dictionary<string, RefValue> weights;
        IReadOnlyList<RefValue> expected;
        try
        {
            inputs = GraphInputs.Generate(before, sizes, seed, kind, integers);
            weights = GraphInputs.Weights(before, seed, kind, integers);
            foreach ((string path, RefValue value) in GraphInputs.Weights(after, seed, kind, integers))
            {
                weights.TryAdd(path, value);
            }

            expected = Evaluator.Run(before, inputs, weights);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return null;
        }

        try
        {
            IReadOnlyList<RefValue> actual = options.Run is { } run ? run(after, inputs) : Evaluator.Run(after, inputs, weights);
            return Comparison.Of(expected, options.WhereFinite ? [.. actual.Zip(expected, Kept)] : actual, options.Tolerance);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return new Comparison(double.PositiveInfinity, $"the replacement fails: {e.Message}");
        }
    }

    // What is compared of a result: where nothing finite is asked for, what is asked for.
    private static RefValue Kept(RefValue actual, RefValue expected) => actual is RefTensor a && expected is RefTensor e && a.DType.IsFloat() && a.DType == e.DType && a.Count == e.Count
        ? RefTensor.Floats(a.DType, a.Dims, [.. a.F.Zip(e.F, static (x, wanted) => double.IsFinite(wanted) ? x : wanted)])
        : actual;

    // What an evaluation throws on data that it has no result for.
    private static bool IsRefusal(Exception e) =>
        e is TesseraException or InvalidOperationException or ArithmeticException or ArgumentException or IndexOutOfRangeException;

    // Elements of all results, as a bound on the work; sizes that cannot be told yet count nothing.
    private static long Cost(Graph graph, IReadOnlyDictionary<string, long> sizes)
    {
        long cost = 0;
        foreach (Value value in graph.PostOrder().SelectMany(static op => op.Outputs))
        {
            if (value.Type is TensorType { Shape: { } shape } && shape.Symbols.All(sizes.ContainsKey))
            {
                try
                {
                    cost = checked(cost + shape.NumElements.Evaluate(s => sizes[s]));
                }
                catch (Exception e) when (e is OverflowException or TesseraException)
                {
                    return long.MaxValue;
                }
            }
        }

        return cost;
    }
}
