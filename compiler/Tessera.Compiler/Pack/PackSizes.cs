using Tessera.Ir;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Pack;

/// <summary>Which sizes examples are tried with: those that the model's rules allow, and of several ragged sizes each a length of its own.</summary>
internal sealed class PackSizes
{
    /// <summary>The longest example that is tried first.</summary>
    public const int Short = 24;

    private const int LongestTried = 256;
    private readonly PackLayout _layout;

    public PackSizes(PackLayout layout)
    {
        _layout = layout;
        Dictionary<string, long> others = new(StringComparer.Ordinal);
        foreach (string symbol in GraphInputs.Symbols(layout.OneExample).Where(s => !Ragged.Contains(s)))
        {
            long[] allowed = [.. Enumerable.Range(1, LongestTried).Select(static n => (long)n).Where(n => Allows(new Dictionary<string, long> { [symbol] = n }))];
            others[symbol] = allowed.FirstOrDefault(static n => n >= 3, 3);
        }

        Others = others;
    }

    public IReadOnlyList<string> Ragged => _layout.Options.Ragged;

    /// <summary>Sizes that all examples have alike.</summary>
    public IReadOnlyDictionary<string, long> Others { get; }

    /// <summary>The rules about ragged sizes, as text.</summary>
    public IReadOnlyList<string> Rules => [.. _layout.Constraints.Where(c => c.Symbols.Any(Ragged.Contains)).Select(static c => c.ToString()!)];

    /// <summary>Short examples: of several ragged sizes those first that all differ.</summary>
    public IEnumerable<IReadOnlyDictionary<string, long>> Candidates() =>
        from shift in Enumerable.Range(1, Ragged.Count == 1 ? 1 : Short)
        from n in Enumerable.Range(0, Short)
        let sizes = Of(at => 1 + ((n + (shift * at)) % Short))
        where Allows(sizes)
        select sizes;

    /// <summary>Examples of which every size is more than the given ones', by at least so much.</summary>
    public IEnumerable<IReadOnlyDictionary<string, long>> Longer(IReadOnlyDictionary<string, long> than, int by) =>
        Enumerable.Range(by, LongestTried).Select(more => Of(at => than[Ragged[at]] + more))
            .Concat(Enumerable.Range(2, 3).Select(times => Of(at => than[Ragged[at]] * times)))
            .Where(sizes => sizes.Values.All(static n => n <= LongestTried) && Allows(sizes));

    /// <summary>Examples without tokens of one ragged size, or of any.</summary>
    public IEnumerable<IReadOnlyDictionary<string, long>> Empty(IReadOnlyDictionary<string, long> otherwise) =>
        Enumerable.Range(0, Ragged.Count == 1 ? 1 : Ragged.Count + 1).Select(none => Of(at => none == 0 || none == at + 1 ? 0 : otherwise[Ragged[at]])).Where(Allows);

    /// <summary>The longest of each size: what a batch of these is padded to.</summary>
    public IReadOnlyDictionary<string, long> Longest(IEnumerable<IReadOnlyDictionary<string, long>> batch) =>
        batch.ToArray() is var all ? Of(at => all.Max(sizes => sizes[Ragged[at]])) : throw new InvalidOperationException();

    public bool Allows(IReadOnlyDictionary<string, long> sizes) =>
        _layout.Constraints.Where(c => c.Symbols.All(sizes.ContainsKey)).All(c => c.IsSatisfied(s => sizes[s]));

    public string Text(IReadOnlyDictionary<string, long> sizes) => string.Join(", ", Ragged.Select(s => $"{s}={sizes[s]}"));

    private Dictionary<string, long> Of(Func<int, long> size) => Enumerable.Range(0, Ragged.Count).ToDictionary(at => Ragged[at], size, StringComparer.Ordinal);
}
