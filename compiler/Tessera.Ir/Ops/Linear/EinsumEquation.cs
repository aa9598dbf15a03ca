namespace Tessera.Ir.Ops;

/// <summary>
/// An equation of Einstein's summation: a letter for each axis of each operand and of the result. Axes of an ellipsis are named by
/// digits from the last one on. Without a result, letters that occur once make it up in alphabetical order, behind the ellipsis.
/// </summary>
/// <param name="Operands">Labels of each operand.</param>
/// <param name="Result">Labels of the result.</param>
public sealed record EinsumEquation(IReadOnlyList<string> Operands, string Result)
{
    /// <summary>The equation for operands of given ranks; null where it does not fit them.</summary>
    public static EinsumEquation? Of(string equation, IReadOnlyList<int> ranks)
    {
        ArgumentNullException.ThrowIfNull(equation);
        ArgumentNullException.ThrowIfNull(ranks);
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != ranks.Count)
        {
            return null;
        }

        int widest = Enumerable.Range(0, terms.Length).Select(i => ranks[i] - Letters(terms[i]).Length)
            .Where((_, i) => terms[i].Contains("...", StringComparison.Ordinal)).DefaultIfEmpty(0).Max();
        string[] operands = [.. terms.Select((t, i) => Spread(t, ranks[i] - Letters(t).Length))];
        string all = string.Concat(terms.Select(Letters));
        string result = sides.Length == 2
            ? Spread(sides[1], widest)
            : Ellipsis(widest) + string.Concat(all.Where(c => all.Count(d => c == d) == 1).Order());
        return widest is >= 0 and < 10 && operands.Zip(ranks).All(static p => p.First.Length == p.Second)
            && result.All(c => operands.Any(o => o.Contains(c, StringComparison.Ordinal))) && result.Distinct().Count() == result.Length
            ? new EinsumEquation(operands, result)
            : null;
    }

    /// <summary>Labels that are summed over.</summary>
    public string Summed => string.Concat(string.Concat(Operands).Distinct().Where(c => !Result.Contains(c, StringComparison.Ordinal)));

    private static string Letters(string term) => term.Replace("...", "", StringComparison.Ordinal);

    private static string Spread(string term, int count) => term.Replace("...", Ellipsis(Math.Max(0, count)), StringComparison.Ordinal);

    private static string Ellipsis(int count) => string.Concat(Enumerable.Range(0, count).Reverse().Select(static i => (char)('0' + i)));
}
