using System.Globalization;
using System.Text;

namespace Tessera.Ir.Text;

/// <summary>
/// A cursor over the text form: blanks and comments (<c>#</c> or <c>//</c> to the end of the line) skipped, words, names,
/// strings and numbers read, and errors that say what was expected and found at which line and column.
/// </summary>
internal sealed class Lexer(string text, string file)
{
    private const int LongestExcerpt = 24;
    private (int At, int Line) _lastLine = (0, 1);

    public string Text { get; } = text;

    public string File { get; } = file;

    /// <summary>Next character to read.</summary>
    public int At { get; set; }

    public bool AtEnd
    {
        get
        {
            SkipBlanks();
            return At >= Text.Length;
        }
    }

    /// <summary>The next character after blanks, or NUL at the end.</summary>
    public char Peek() => AtEnd ? '\0' : Text[At];

    public bool Accept(char c)
    {
        if (Peek() != c || AtEnd)
        {
            return false;
        }

        At++;
        return true;
    }

    public void Expect(char c)
    {
        if (!Accept(c))
        {
            throw Expected($"'{c}'");
        }
    }

    /// <summary>Reads <paramref name="word"/> if it comes next as a whole word.</summary>
    public bool AcceptWord(string word)
    {
        int start = Start();
        if (string.Equals(Run(IsWord), word, StringComparison.Ordinal))
        {
            return true;
        }

        At = start;
        return false;
    }

    /// <summary>A run of letters, digits, underscores and dots.</summary>
    public string Word(string expected)
    {
        int start = Start();
        string word = Run(IsWord);
        return word.Length > 0 ? word : throw Expected(expected, start);
    }

    /// <summary>A number as it stands, sign and exponent included, or <c>nan</c>, <c>inf</c>.</summary>
    public string Number(string expected)
    {
        int start = Start();
        string number = Run(static c => IsWord(c) || c is '-' or '+');
        return number.Length > 0 ? number : throw Expected(expected, start);
    }

    public long Integer()
    {
        int start = Start();
        return long.TryParse(Number("an integer"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw Expected("an integer of 64 bits", start);
    }

    /// <summary><c>%name</c> or <c>%"any text"</c>; without the percent sign.</summary>
    public string ValueName()
    {
        int start = Start();
        if (!Accept('%'))
        {
            throw Expected("a value such as %0 or %x", start);
        }

        if (At < Text.Length && Text[At] == '"')
        {
            return Quoted();
        }

        string name = Run(IsWord);
        return name.Length > 0 ? name : throw Expected("a value such as %0 or %x", start);
    }

    /// <summary>A double-quoted string with the escapes of JSON.</summary>
    public string Quoted()
    {
        int start = Start();
        if (!Accept('"'))
        {
            throw Expected("a string in double quotes", start);
        }

        StringBuilder value = new();
        while (At < Text.Length && Text[At] is not ('"' or '\n'))
        {
            value.Append(Text[At] == '\\' ? Escape() : Text[At]);
            At++;
        }

        if (At >= Text.Length || Text[At] != '"')
        {
            throw Error("TSR0140", start, "the string that starts here has no end on its line.");
        }

        At++;
        return value.ToString();
    }

    /// <summary>Where the next token starts.</summary>
    public int Start()
    {
        SkipBlanks();
        return At;
    }

    /// <summary>An error at the next token: what stands there, and what should.</summary>
    public TesseraException Expected(string expected, int? at = null)
    {
        int place = at ?? Start();
        return Error("TSR0140", place, $"{expected} is expected; found {Found(place)}.");
    }

    public TesseraException Error(string code, int at, string message, string? hint = null, Exception? inner = null)
    {
        (int line, int column) = Position(at);
        return new TesseraException(code, $"{File}:{line}:{column}", message, hint, inner);
    }

    /// <summary>Line and column of a position, both from 1.</summary>
    public (int Line, int Column) Position(int at)
    {
        at = Math.Min(at, Text.Length);
        return (LineOf(at), at - Text.AsSpan(0, at).LastIndexOf('\n'));
    }

    /// <summary>Line of a position, from 1.</summary>
    // Asked for each op in turn, so it goes on from where it was asked last.
    public int LineOf(int at)
    {
        (int from, int line) = _lastLine.At <= at ? _lastLine : (0, 1);
        _lastLine = (at, line + Text.AsSpan(from, at - from).Count('\n'));
        return _lastLine.Line;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.';

    private string Run(Func<char, bool> accepts)
    {
        int start = At;
        while (At < Text.Length && accepts(Text[At]))
        {
            At++;
        }

        return Text[start..At];
    }

    private void SkipBlanks()
    {
        while (At < Text.Length)
        {
            if (Text[At] == '#' || Text.AsSpan(At).StartsWith("//"))
            {
                int end = Text.IndexOf('\n', At);
                At = end < 0 ? Text.Length : end;
            }
            else if (char.IsWhiteSpace(Text[At]))
            {
                At++;
            }
            else
            {
                return;
            }
        }
    }

    // Leaves the cursor on the last character of the escape.
    private char Escape()
    {
        int start = At++;
        char kind = At < Text.Length ? Text[At] : '\0';
        if (kind == 'u' && At + 4 < Text.Length
            && ushort.TryParse(Text.AsSpan(At + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
        {
            At += 4;
            return (char)code;
        }

        return kind switch
        {
            '"' or '\\' or '/' => kind,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\b',
            'f' => '\f',
            _ => throw Error("TSR0140", start, "an escape is one of \\\" \\\\ \\/ \\n \\t \\r \\b \\f and \\u with four hexadecimal digits."),
        };
    }

    private string Found(int at)
    {
        if (at >= Text.Length)
        {
            return "the end of the text";
        }

        int end = Text.IndexOf('\n', at);
        string rest = Text[at..(end < 0 ? Text.Length : end)].TrimEnd();
        return rest.Length <= LongestExcerpt ? $"'{rest}'" : $"'{rest[..LongestExcerpt]}…'";
    }
}
