using System.Text;

namespace Tessera.Generators.Modules;

/// <summary>C# names to the names PyTorch users would give: <c>Norm1</c> → <c>norm1</c>, <c>QNorm</c> → <c>q_norm</c>.</summary>
internal static class WeightNames
{
    public static string SnakeCase(string name)
    {
        var source = name.TrimStart('_', '@');
        var text = new StringBuilder(source.Length + 4);
        for (var i = 0; i < source.Length; i++)
        {
            if (StartsWord(source, i))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(source[i]));
        }

        return text.ToString();
    }

    /// <summary>An upper-case letter starts a word after a lower-case one, or when a lower-case one follows it (<c>KVProj</c>).</summary>
    private static bool StartsWord(string name, int i)
    {
        if (i == 0 || !char.IsUpper(name[i]) || name[i - 1] == '_')
        {
            return false;
        }

        return char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]));
    }
}
