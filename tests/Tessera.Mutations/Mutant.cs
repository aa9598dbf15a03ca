using System.Text.RegularExpressions;

namespace Tessera.Mutations;

/// <summary>One change of one place, and the test that has to notice.</summary>
/// <param name="Number">Place in the list, from 1.</param>
/// <param name="File">Path from the root of the checkout.</param>
/// <param name="Original">Lines of source, indentation aside; they must occur exactly once in the file.</param>
/// <param name="Replacement">What stands there instead; may be empty.</param>
internal sealed record Mutant(int Number, string File, IReadOnlyList<string> Original, string Replacement, NamedTest Test)
{
    /// <summary>The changed source; null where the original is not there exactly once.</summary>
    public string? Apply(string source)
    {
        string pattern = string.Join(@"[ \t]*\r?\n[ \t]*", Original.Select(Regex.Escape));
        return Regex.Matches(source, pattern) is [var only]
            ? source[..only.Index] + Replacement + source[(only.Index + only.Length)..]
            : null;
    }

    public override string ToString() => $"{Number,3} {File}: {string.Join(" ⏎ ", Original)} → {Replacement}  [{Test}]";
}
