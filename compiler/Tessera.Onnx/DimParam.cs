using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>
/// Sizes as a <c>dim_param</c> spells them. It is a free text: one spelled just as we would write an expression is read as it
/// (<c>2*n + 1</c>), any other is a name (<c>seq-len</c>, <c>n-100</c>), so that what is read is written as it was.
/// </summary>
internal static class DimParam
{
    // Names that start so are those that proofs make up.
    private const char Reserved = '\u0001';

    /// <summary>The size; null of a text that names none: it is empty, a negative number, or no name that can be.</summary>
    public static Dim? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0 || text[0] == Reserved)
        {
            return null;
        }

        bool isOurs = Dim.TryParse(text, out Dim dim, out int consumed) && consumed == text.Length && dim.ToString() == text;
        return !isOurs ? Dim.Sym(text)
            : dim.IsConst(out long number) ? number < 0 ? null : Dim.Sym(text)
            : dim.IsSymbol(out string name) && name != text && IsReadAsName(name) ? Dim.Sym(text)
            : dim;
    }

    /// <summary>The text from which the size is read again.</summary>
    public static string Write(Dim dim)
    {
        ArgumentNullException.ThrowIfNull(dim);
        return dim.IsSymbol(out string name) && IsReadAsName(name) ? name : dim.ToString();
    }

    private static bool IsReadAsName(string name) => Read(name) is { } read && read.IsSymbol(out string symbol) && symbol == name;
}
