namespace Tessera.Generators.Modules;

/// <summary>
/// Checks the text of sizes and constraints: <c>n + 1</c>, <c>floordiv({dim}, 2)</c>, <c>min(n, 512)</c>, <c>h % 14 == 0</c>,
/// and collects the symbols it names. The language is that of the IR's text form plus expressions in braces; values are
/// computed when a module is traced.
/// </summary>
internal sealed class DimTextParser(string text)
{
    private static readonly string[] s_relations = ["==", ">=", "<=", ">", "<"];
    private static readonly string[] s_functions = ["floordiv", "ceildiv", "mod", "min", "max"];
    private readonly List<string> _symbols = [];
    private int _at;

    public IEnumerable<string> Symbols => _symbols;

    public string Error { get; private set; } = "";

    /// <summary>The brace that closes the one at <paramref name="open"/>, or −1.</summary>
    public static int ClosingBrace(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Sizes separated by commas; none is a scalar.</summary>
    public bool ParseDims()
    {
        SkipSpace();
        if (_at == text.Length)
        {
            return true;
        }

        do
        {
            if (!Sum())
            {
                return false;
            }
        }
        while (Take(","));
        return AtEnd();
    }

    /// <summary>Two sizes and a relation between them, or a product that a number divides: <c>h % 14 == 0</c>.</summary>
    public bool ParseConstraint()
    {
        if (Product() && Take("%"))
        {
            return Divisor() && (Take("==") || Fail("'== 0'")) && (Take("0") || Fail("'0'")) && AtEnd();
        }

        _at = 0;
        return Sum() && (s_relations.Any(Take) || Fail("a relation, one of == >= <= > <,")) && Sum() && AtEnd();
    }

    private bool Divisor()
    {
        if (_at < text.Length && text[_at] == '{')
        {
            return Braces();
        }

        return Word(char.IsDigit).Any(static c => c != '0') || Fail("a positive number");
    }

    private bool Sum()
    {
        do
        {
            if (!Product())
            {
                return false;
            }
        }
        while (Take("+") || Take("-"));
        return true;
    }

    private bool Product()
    {
        do
        {
            _ = Take("-");
            if (!Factor())
            {
                return false;
            }
        }
        while (Take("*"));
        return true;
    }

    private bool Factor()
    {
        if (Take("("))
        {
            return Sum() && (Take(")") || Fail("')'"));
        }

        var next = _at < text.Length ? text[_at] : '\0';
        if (next == '{')
        {
            return Braces();
        }

        if (char.IsDigit(next))
        {
            Word(char.IsDigit);
            return _at == text.Length || !IsName(text[_at]) || Fail("the end of a number");
        }

        var start = _at;
        var name = Word(IsName);
        if (name.Length == 0 || next == '.' || next == '$')
        {
            return FailAt(start, "a size");
        }

        return s_functions.Contains(name) ? Call(name)
            : _at < text.Length && text[_at] == '(' ? FailAt(start, $"one of the functions {string.Join(", ", s_functions)}")
            : Symbol(name);
    }

    private bool Symbol(string name)
    {
        if (!_symbols.Contains(name))
        {
            _symbols.Add(name);
        }

        return true;
    }

    private bool Call(string function)
    {
        if (!Take("("))
        {
            return Fail("'('");
        }

        var arguments = 0;
        do
        {
            if (!Sum())
            {
                return false;
            }

            arguments++;
        }
        while (Take(","));
        var takesMore = function is "min" or "max";
        return arguments < 2 || (arguments > 2 && !takesMore)
            ? Fail(takesMore ? $"at least two arguments of {function}" : $"two arguments of {function}")
            : Take(")") || Fail("')'");
    }

    private bool Braces()
    {
        var end = ClosingBrace(text, _at);
        if (end < 0)
        {
            return Fail("'}' to close '{'");
        }

        if (text.Substring(_at + 1, end - _at - 1).Trim().Length == 0)
        {
            return Fail("an expression in braces");
        }

        _at = end + 1;
        SkipSpace();
        return true;
    }

    private string Word(Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < text.Length && belongs(text[_at]))
        {
            _at++;
        }

        var word = text.Substring(start, _at - start);
        SkipSpace();
        return word;
    }

    private bool Take(string token)
    {
        SkipSpace();
        if (string.CompareOrdinal(text, _at, token, 0, token.Length) != 0)
        {
            return false;
        }

        _at += token.Length;
        SkipSpace();
        return true;
    }

    private bool AtEnd() => _at == text.Length || Fail("the end");

    private bool FailAt(int at, string expected)
    {
        _at = at;
        return Fail(expected);
    }

    private bool Fail(string expected)
    {
        var found = _at < text.Length ? $"'{text[_at]}'" : "the end";
        Error = $"expected {expected} but found {found} at character {_at + 1} of '{text}'";
        return false;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    private static bool IsName(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '$';
}
