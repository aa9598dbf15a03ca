using System.Text;

namespace Tessera.Ir.Text;

/// <summary>C# names as words in lower case. A run of capitals is one word: <c>QKNorm</c> → <c>qk_norm</c>; digits end none.</summary>
public static class Spelling
{
    /// <summary><c>LogSumExp</c> → <c>log_sum_exp</c>.</summary>
    public static string Snake(string name) => Words(name, '_');

    /// <summary><c>FuseAttention</c> → <c>fuse-attention</c>.</summary>
    public static string Kebab(string name) => Words(name, '-');

    private static string Words(string name, char separator)
    {
        ArgumentNullException.ThrowIfNull(name);
        StringBuilder text = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool starts = i > 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            _ = starts ? text.Append(separator) : text;
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
