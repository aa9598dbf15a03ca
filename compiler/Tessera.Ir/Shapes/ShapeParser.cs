namespace Tessera.Ir;

/// <summary>Reads the text form of shapes.</summary>
internal static class ShapeParser
{
    public static bool TryParse(ReadOnlySpan<char> text, out Shape shape, out int consumed)
    {
        shape = Shape.Scalar;
        consumed = SkipSpace(text, 0);
        if (!Accept(text, '[', ref consumed)) return false;
        if (Accept(text, ']', ref consumed)) return true;
        var dims = new List<Dim>();
        do
        {
            bool parsed = Dim.TryParse(text[consumed..], out Dim dim, out int taken);
            consumed += taken;
            if (!parsed) return false;
            dims.Add(dim);
        }
        while (Accept(text, ',', ref consumed));
        if (!Accept(text, ']', ref consumed)) return false;
        shape = Shape.Of(dims);
        return true;
    }

    private static bool Accept(ReadOnlySpan<char> text, char c, ref int at)
    {
        int next = SkipSpace(text, at);
        if (next >= text.Length || text[next] != c) return false;
        at = next + 1;
        return true;
    }

    private static int SkipSpace(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is (' ' or '\t')) at++;
        return at;
    }
}
