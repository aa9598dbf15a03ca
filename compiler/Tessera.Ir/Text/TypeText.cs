using System.Text;

namespace Tessera.Ir.Text;

/// <summary>Reads types from text: <c>f32[n, 768]</c>, <c>i64[]</c>, <c>f32[*]</c> (rank unknown), <c>seq&lt;f32[*]&gt;</c>, <c>opt&lt;…&gt;</c>, <c>map&lt;i64, f32[]&gt;</c>, <c>sparse&lt;f32[n, 3]&gt;</c>, <c>foreign&lt;"domain", "Name"&gt;</c>.</summary>
public static class TypeText
{
    private const int DeepestNesting = 64;

    /// <exception cref="TesseraException">The text is no type.</exception>
    public static IrType Parse(string text)
    {
        int at = 0;
        IrType type = Read(text, ref at);
        return at == text.Length ? type : throw Bad(text, at, "nothing more");
    }

    /// <inheritdoc cref="Parse"/>
    public static TensorType ParseTensor(string text) => Parse(text) as TensorType ?? throw Bad(text, 0, "a tensor type");

    /// <summary>Reads one type from <paramref name="at"/> on and moves it past its end.</summary>
    internal static IrType Read(string text, ref int at, int depth = 0)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
        {
            at++;
        }

        string word = text[start..at];
        if (word is "seq" or "opt" or "map" or "sparse" or "foreign")
        {
            if (depth == DeepestNesting)
            {
                throw Bad(text, start, $"a type that nests no deeper than {DeepestNesting}");
            }

            Expect(text, ref at, '<');
            IrType type = ReadNested(word, text, ref at, depth + 1);
            Expect(text, ref at, '>');
            return type;
        }

        return DTypes.TryParse(word, out DType dtype)
            ? new TensorType(dtype, ReadShape(text, ref at))
            : throw Bad(text, start, "an element type such as f32, bf16 or i64");
    }

    private static IrType ReadNested(string word, string text, ref int at, int depth)
    {
        switch (word)
        {
            case "seq":
                return new SequenceType(Read(text, ref at, depth));
            case "opt":
                return new OptionalType(Read(text, ref at, depth));
            case "map":
                DType key = ReadKey(text, ref at);
                Expect(text, ref at, ',');
                SkipSpace(text, ref at);
                return new MapType(key, Read(text, ref at, depth));
            case "sparse":
                int start = at;
                return Read(text, ref at, depth) is TensorType dense ? new SparseType(dense.DType, dense.Shape) : throw Bad(text, start, "a tensor type");
            default:
                string domain = ReadQuoted(text, ref at);
                Expect(text, ref at, ',');
                return new ForeignType(domain, ReadQuoted(text, ref at));
        }
    }

    private static DType ReadKey(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
        {
            at++;
        }

        return DTypes.TryParse(text[start..at], out DType key) ? key : throw Bad(text, start, "an element type such as i64 or string");
    }

    private static string ReadQuoted(string text, ref int at)
    {
        Expect(text, ref at, '"');
        StringBuilder content = new();
        while (at < text.Length && text[at] != '"')
        {
            at += text[at] == '\\' ? 1 : 0;
            content.Append(at < text.Length ? text[at++] : throw Bad(text, at, "a character"));
        }

        Expect(text, ref at, '"');
        return content.ToString();
    }

    /// <summary>Reads <c>[d0, d1, …]</c>; <c>[*]</c> gives null.</summary>
    internal static Shape? ReadShape(string text, ref int at)
    {
        Expect(text, ref at, '[');
        if (text.AsSpan(at).StartsWith("*]"))
        {
            at += 2;
            return null;
        }

        List<Dim> dims = [];
        while (!Take(text, ref at, ']'))
        {
            if (dims.Count > 0)
            {
                Expect(text, ref at, ',');
            }

            SkipSpace(text, ref at);
            if (!Dim.TryParse(text.AsSpan(at), out Dim dim, out int consumed))
            {
                throw Bad(text, at, "a size");
            }

            at += consumed;
            dims.Add(dim);
        }

        return [.. dims];
    }

    private static bool Take(string text, ref int at, char c)
    {
        SkipSpace(text, ref at);
        if (at < text.Length && text[at] == c)
        {
            at++;
            return true;
        }

        return false;
    }

    private static void Expect(string text, ref int at, char c)
    {
        if (!Take(text, ref at, c))
        {
            throw Bad(text, at, $"'{c}'");
        }
    }

    private static void SkipSpace(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }

    private static TesseraException Bad(string text, int at, string expected) =>
        new("TSR0130", $"column {at + 1}", $"'{text}' is no type: {expected} is expected at column {at + 1}.");
}
