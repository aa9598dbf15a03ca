using Tessera.Ir;

namespace Tessera.Passes.Replay;

/// <summary>Sizes for the symbols of a graph: ones and zeros first, then random ones, all within the constraints.</summary>
public static class SizeChoices
{
    private const int Tries = 400;
    private static readonly long[] s_plain = [3, 2, 5, 1, 4, 7, 0, 6, 8];
    private static readonly long[] s_wide = [1, 2, 3, 4, 6, 7, 8, 12, 14, 16, 28, 32, 42, 56, 64, 224];

    /// <summary>
    /// At most <paramref name="count"/> different assignments; at least one unless the constraints exclude all that were tried.
    /// A symbol that <paramref name="given"/> names is one of the sizes there.
    /// </summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, long>> For(
        IEnumerable<string> symbols, IReadOnlyList<Constraint> constraints, int seed, int count, IReadOnlyDictionary<string, IReadOnlyList<long>>? given = null)
    {
        ArgumentNullException.ThrowIfNull(constraints);
        string[] names = [.. symbols.Concat(constraints.SelectMany(static c => c.Symbols)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Random random = new(seed);
        List<IReadOnlyDictionary<string, long>> found = [];
        HashSet<string> seen = [];
        for (int attempt = 0; attempt < Tries && found.Count < count; attempt++)
        {
            Dictionary<string, long> sizes = names.ToDictionary(
                static n => n,
                n => given?.GetValueOrDefault(n) is { Count: > 0 } choices ? choices[attempt % choices.Count] : Next(attempt, random),
                StringComparer.Ordinal);
            if (constraints.All(c => IsSatisfied(c, sizes)) && seen.Add(string.Join(',', sizes.Values)))
            {
                found.Add(sizes);
            }
        }

        return found;
    }

    private static long Next(int attempt, Random random) => attempt switch
    {
        0 => 3,
        1 => 1,
        2 => 0,
        < Tries / 2 => s_plain[random.Next(s_plain.Length)],
        _ => s_wide[random.Next(s_wide.Length)],
    };

    private static bool IsSatisfied(Constraint constraint, Dictionary<string, long> sizes)
    {
        try
        {
            return constraint.IsSatisfied(s => sizes[s]);
        }
        catch (TesseraException)
        {
            // A division by zero, say: these sizes have no meaning.
            return false;
        }
    }
}
