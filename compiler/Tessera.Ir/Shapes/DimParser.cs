using System.Globalization;
using System.Text;

namespace Tessera.Ir;

/// <summary>Recursive descent over the text form; depth is bounded as that of dims is.</summary>
internal ref struct DimParser
{
    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _depth;

    private DimParser(ReadOnlySpan<char> text) => _text = text;

    public static Dim Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!TryParse(text, out Dim dim, out int consumed, out string problem))
            throw DimErrors.Text(text, consumed, problem);
        return text.AsSpan(consumed).Trim().IsEmpty ? dim : throw DimErrors.Text(text, consumed, "Unexpected text after a dim");
    }

    public static bool TryParse(ReadOnlySpan<char> text, out Dim dim, out int consumed) =>
        TryParse(text, out dim, out consumed, out _);

    /// <summary>Like <see cref="TryParse(ReadOnlySpan{char}, out Dim, out int)"/>, but stops before a + or − outside parentheses.</summary>
    public static bool TryParseProduct(ReadOnlySpan<char> text, out Dim dim, out int consumed) =>
        Run(text, productOnly: true, out dim, out consumed, out _);

    /// <summary>On failure <paramref name="consumed"/> is where the problem lies.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Dim dim, out int consumed, out string problem) =>
        Run(text, productOnly: false, out dim, out consumed, out problem);

    public static bool IsNameChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '$';

    public static bool IsFunction(ReadOnlySpan<char> name) => name is "floordiv" or "ceildiv" or "mod" or "min" or "max";

    private static bool Run(ReadOnlySpan<char> text, bool productOnly, out Dim dim, out int consumed, out string problem)
    {
        var parser = new DimParser(text);
        try
        {
            dim = productOnly ? parser.ParseProduct(negative: false) : parser.ParseSum();
            consumed = parser._at;
            problem = string.Empty;
            return true;
        }
        catch (FormatException e)
        {
            problem = e.Message;
        }
        catch (TesseraException e)
        {
            problem = e.Message;
        }
        dim = Dim.Zero;
        consumed = parser._at;
        return false;
    }

    private Dim ParseSum()
    {
        if (++_depth > DimErrors.MaxDepth) throw new FormatException($"Nesting deeper than {DimErrors.MaxDepth}");
        Dim first = ParseProduct(negative: false);
        List<Dim>? terms = null;
        while (true)
        {
            int before = _at;
            bool minus = Accept('-');
            if (!minus && !Accept('+'))
            {
                _at = before;
                break;
            }
            terms ??= [first];
            terms.Add(ParseProduct(minus));
        }
        _depth--;
        return terms is null ? first : Dim.Sum(terms);
    }

    private Dim ParseProduct(bool negative)
    {
        while (Accept('-')) negative = !negative;
        Dim first = ParseAtom(negative);
        List<Dim>? factors = null;
        while (true)
        {
            int before = _at;
            if (!Accept('*'))
            {
                _at = before;
                break;
            }
            factors ??= [first];
            factors.Add(ParseAtom(Accept('-')));
        }
        return factors is null ? first : Dim.Product(factors);
    }

    private Dim ParseAtom(bool negative)
    {
        SkipSpace();
        char next = Peek();
        if (char.IsAsciiDigit(next)) return ParseNumber(negative);
        Dim atom;
        if (next == '(')
        {
            _at++;
            atom = ParseSum();
            Expect(')');
        }
        else if (next == '"') atom = ParseQuoted();
        else if (char.IsAsciiLetter(next) || next == '_') atom = ParseNameOrCall();
        else throw new FormatException(_at < _text.Length ? $"'{next}' cannot start a dim" : "A dim is missing at the end");
        return negative ? -atom : atom;
    }

    private ConstDim ParseNumber(bool negative)
    {
        int start = _at;
        while (char.IsAsciiDigit(Peek())) _at++;
        if (!Int128.TryParse(_text[start.._at], NumberStyles.None, CultureInfo.InvariantCulture, out Int128 value)
            || value > (Int128)long.MaxValue + (negative ? 1 : 0))
            throw new FormatException($"{_text[start.._at]} does not fit in 64 bits");
        return (ConstDim)Dim.Const((long)(negative ? -value : value));
    }

    private SymDim ParseQuoted()
    {
        var name = new StringBuilder();
        _at++;
        while (Peek() != '"')
        {
            if (_at >= _text.Length) throw new FormatException("A quoted name does not end");
            char c = _text[_at++];
            name.Append(c == '\\' ? ParseEscape() : c);
        }
        _at++;
        return name.Length > 0 ? (SymDim)Dim.Sym(name.ToString()) : throw new FormatException("A symbol has an empty name");
    }

    private char ParseEscape()
    {
        char c = Peek();
        _at++;
        if (c is '"' or '\\') return c;
        if (c != 'u' || _at + 4 > _text.Length
            || !ushort.TryParse(_text.Slice(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            throw new FormatException("An escape is not \\\", \\\\ or \\u and four hexadecimal digits");
        _at += 4;
        return (char)code;
    }

    private Dim ParseNameOrCall()
    {
        int start = _at;
        while (IsNameChar(Peek())) _at++;
        ReadOnlySpan<char> name = _text[start.._at];
        if (!IsFunction(name)) return Dim.Sym(name.ToString());
        Expect('(');
        List<Dim> arguments = [ParseSum()];
        while (Accept(',')) arguments.Add(ParseSum());
        Expect(')');
        return (name.ToString(), arguments) switch
        {
            ("floordiv", [var a, var b]) => Dim.FloorDiv(a, b),
            ("ceildiv", [var a, var b]) => Dim.CeilDiv(a, b),
            ("mod", [var a, var b]) => Dim.Mod(a, b),
            ("min", [_, _, ..]) => Dim.Min(arguments),
            ("max", [_, _, ..]) => Dim.Max(arguments),
            _ => throw new FormatException($"{name} cannot take {arguments.Count} arguments"),
        };
    }

    private readonly char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private void SkipSpace()
    {
        while (Peek() is ' ' or '\t') _at++;
    }

    private bool Accept(char c)
    {
        SkipSpace();
        if (Peek() != c) return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Accept(c)) throw new FormatException($"'{c}' is missing");
    }
}
