using System.Globalization;

namespace Tessera.Runtime;

/// <summary>The value of a size for the values of its symbols; <see cref="OverflowException"/> where it has none in 64 bits.</summary>
internal delegate Int128 SizeFormula(Func<string, long> sizes);

/// <summary>
/// Reads the sizes that a model's metadata states its rules in: sums and products of numbers, symbols and
/// <c>floordiv</c>, <c>ceildiv</c>, <c>mod</c>, <c>min</c>, <c>max</c>.
/// </summary>
internal sealed class SizeReader(string text)
{
    private readonly List<string> _symbols = [];
    private int _at;

    /// <summary>Symbols read so far.</summary>
    public IReadOnlyList<string> Symbols => _symbols;

    public bool AtEnd => Peek() == '\0';

    /// <exception cref="FormatException">The text is no size.</exception>
    public SizeFormula Sum()
    {
        SizeFormula sum = Product();
        while (Peek() is '+' or '-')
        {
            bool minus = text[_at++] == '-';
            (SizeFormula left, SizeFormula right) = (sum, Product());
            sum = minus ? sizes => checked(left(sizes) - right(sizes)) : sizes => checked(left(sizes) + right(sizes));
        }

        return sum;
    }

    /// <summary>Whether these signs come next; they are passed over then.</summary>
    public bool Accept(string signs)
    {
        if (Peek() != signs[0] || !text.AsSpan(_at).StartsWith(signs, StringComparison.Ordinal))
            return false;
        _at += signs.Length;
        return true;
    }

    private SizeFormula Product()
    {
        bool negative = Accept("-");
        SizeFormula product = Factor();
        while (Accept("*"))
        {
            (SizeFormula left, SizeFormula right) = (product, Factor());
            product = sizes => checked(left(sizes) * right(sizes));
        }

        SizeFormula whole = product;
        return negative ? sizes => -whole(sizes) : whole;
    }

    private SizeFormula Factor()
    {
        if (Accept("("))
        {
            SizeFormula inner = Sum();
            return Accept(")") ? inner : throw Unreadable();
        }

        if (char.IsAsciiDigit(Peek()))
        {
            long number = long.Parse(Word(), NumberStyles.None, CultureInfo.InvariantCulture);
            return _ => number;
        }

        bool quoted = Peek() == '"';
        string name = quoted ? Quoted() : Word();
        if (!quoted && Accept("("))
            return Call(name);
        _symbols.Add(name);
        return sizes => sizes(name);
    }

    private SizeFormula Call(string function)
    {
        List<SizeFormula> arguments = [Sum()];
        while (Accept(","))
            arguments.Add(Sum());
        return !Accept(")") ? throw Unreadable() : (function, arguments) switch
        {
            ("floordiv", [var a, var b]) => sizes => Floor(a(sizes), b(sizes)),
            ("ceildiv", [var a, var b]) => sizes => -Floor(-a(sizes), b(sizes)),
            ("mod", [var a, var b]) => sizes => a(sizes) - checked(Floor(a(sizes), b(sizes)) * b(sizes)),
            ("min", _) => sizes => arguments.Min(a => a(sizes)),
            ("max", _) => sizes => arguments.Max(a => a(sizes)),
            _ => throw Unreadable(),
        };
    }

    private static Int128 Floor(Int128 a, Int128 b) =>
        b == 0 ? throw new OverflowException() : Int128.DivRem(a, b) is var (quotient, rest) && rest != 0 && (rest < 0) != (b < 0) ? quotient - 1 : quotient;

    private string Word()
    {
        int start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '.'))
            _at++;
        return _at > start ? text[start.._at] : throw Unreadable();
    }

    // As the compiler writes a name that is no plain word: backslashes before quotes, and \uXXXX.
    private string Quoted()
    {
        System.Text.StringBuilder name = new();
        for (_at++; _at < text.Length && text[_at] != '"'; _at++)
        {
            if (text[_at] != '\\')
                name.Append(text[_at]);
            else if (_at + 5 < text.Length && text[_at + 1] == 'u')
                name.Append((char)ushort.Parse(text.AsSpan((_at += 5) - 3, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            else if (++_at < text.Length)
                name.Append(text[_at]);
        }

        return _at++ < text.Length ? name.ToString() : throw Unreadable();
    }

    private char Peek()
    {
        while (_at < text.Length && text[_at] == ' ')
            _at++;
        return _at < text.Length ? text[_at] : '\0';
    }

    private FormatException Unreadable() => new($"'{text}' cannot be read at column {_at + 1}.");
}
