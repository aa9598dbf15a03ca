using System.Text;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Modules;

/// <summary>The text of an <c>[Input]</c>, taken apart: <c>f32[n, {dim}]</c>.</summary>
/// <param name="Symbols">The symbolic sizes it names.</param>
/// <param name="Pieces">The whole text, cut into literal text and expressions in braces.</param>
internal sealed record InputType(string DType, EquatableList<string> Symbols, EquatableList<TextPiece> Pieces)
{
    /// <summary>The names of Tessera.Ir's element types; a test holds the two lists equal.</summary>
    public static readonly string[] DTypes =
    [
        "f32", "u8", "i8", "u16", "i16", "i32", "i64", "string", "bool", "f16", "f64", "u32", "u64", "c64", "c128", "bf16",
        "f8e4m3fn", "f8e4m3fnuz", "f8e5m2", "f8e5m2fnuz", "u4", "i4", "f4e2m1", "f8e8m0", "u2", "i2",
    ];

    /// <summary>Reads the text, or says what is wrong with it.</summary>
    public static InputType? Parse(string text, out string error)
    {
        var open = text.IndexOf('[');
        if (open < 0 || !text.TrimEnd().EndsWith("]", StringComparison.Ordinal))
        {
            error = "write an element type and sizes in brackets, 'f32[n, {dim}]', or 'f32[]' for a scalar";
            return null;
        }

        var dtype = text[..open].Trim();
        if (!DTypes.Contains(dtype))
        {
            error = $"'{dtype}' is no element type; there are {string.Join(", ", DTypes)}";
            return null;
        }

        var close = text.LastIndexOf(']');
        var parser = new DimTextParser(text.Substring(open + 1, close - open - 1));
        if (!parser.ParseDims())
        {
            error = parser.Error;
            return null;
        }

        error = "";
        return new InputType(dtype, parser.Symbols.ToEquatableList(), TextPiece.Cut(text.Trim()).ToEquatableList());
    }
}

/// <summary>A stretch of literal text, or a C# expression that stood in braces.</summary>
internal sealed record TextPiece(string Text, bool IsExpression)
{
    public static IEnumerable<TextPiece> Cut(string text)
    {
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '{')
            {
                literal.Append(text[i]);
                continue;
            }

            if (literal.Length > 0)
            {
                yield return new(literal.ToString(), false);
                literal.Clear();
            }

            var end = DimTextParser.ClosingBrace(text, i);
            var last = end < 0 ? text.Length : end;
            yield return new(text.Substring(i + 1, last - i - 1).Trim(), true);
            i = last;
        }

        if (literal.Length > 0)
        {
            yield return new(literal.ToString(), false);
        }
    }
}
