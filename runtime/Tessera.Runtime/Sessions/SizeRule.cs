using System.Diagnostics.CodeAnalysis;

namespace Tessera.Runtime;

/// <summary>What a model requires of its sizes: <c>64 &gt;= n</c>, <c>h % 14 == 0</c>, <c>a == b</c>.</summary>
internal sealed class SizeRule
{
    private readonly Func<Func<string, long>, bool> _holds;

    private SizeRule(string text, IReadOnlyList<string> symbols, Func<Func<string, long>, bool> holds) =>
        (Text, Symbols, _holds) = (text, [.. symbols.Distinct()], holds);

    public string Text { get; }

    public IReadOnlyList<string> Symbols { get; }

    /// <summary>The rules that a model's metadata lists, one a line. What a later version may have written, and this one cannot read, is left to ONNX Runtime.</summary>
    public static IReadOnlyList<SizeRule> Read(IReadOnlyDictionary<string, string> metadata, string key) => metadata.TryGetValue(key, out var lines)
        ? [.. lines.Split('\n').Select(line => TryParse(line, out var rule) ? rule : null).OfType<SizeRule>()]
        : [];

    public static bool TryParse(string text, [NotNullWhen(true)] out SizeRule? rule)
    {
        try
        {
            rule = Parse(text);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            rule = null;
        }

        return rule is not null;
    }

    /// <summary>Whether it holds; a size that 64 bits do not hold breaks it.</summary>
    public bool Holds(Func<string, long> sizes)
    {
        try
        {
            return _holds(sizes);
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static SizeRule? Parse(string text)
    {
        SizeReader reader = new(text);
        SizeFormula left = reader.Sum();
        if (reader.Accept(">="))
        {
            SizeFormula least = reader.Sum();
            return Whole(sizes => left(sizes) >= least(sizes));
        }

        if (reader.Accept("%"))
        {
            SizeFormula by = reader.Sum();
            return reader.Accept("==") && reader.Sum() is { } rest ? Whole(sizes => by(sizes) != 0 && left(sizes) % by(sizes) == rest(sizes)) : null;
        }

        if (!reader.Accept("=="))
            return null;
        SizeFormula right = reader.Sum();
        return Whole(sizes => left(sizes) == right(sizes));

        SizeRule? Whole(Func<Func<string, long>, bool> holds) => reader.AtEnd ? new SizeRule(text, reader.Symbols, holds) : null;
    }
}
