namespace Tessera.Generators.Sessions;

/// <summary>Sizes in a text: <c>n, max(a, b), {dim}</c>.</summary>
internal static class DimList
{
    /// <summary>Cuts at commas outside of brackets of any kind and of quotes.</summary>
    public static IEnumerable<string> Cut(string text)
    {
        if (text.Trim().Length == 0)
        {
            yield break;
        }

        var (depth, start, quoted) = (0, 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '"' && (i == 0 || text[i - 1] != '\\');
            depth += quoted ? 0 : text[i] switch { '(' or '{' or '[' => 1, ')' or '}' or ']' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0 && !quoted)
            {
                yield return text.Substring(start, i - start).Trim();
                start = i + 1;
            }
        }

        yield return text.Substring(start).Trim();
    }
}
