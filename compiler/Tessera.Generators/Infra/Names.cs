using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Tessera.Generators.Infra;

/// <summary>Spellings of a C# name in the text form, in weight paths and in parameter lists.</summary>
internal static class Names
{
    /// <summary>
    /// <c>KeepDims</c> → <c>keep_dims</c>, <c>Norm1</c> → <c>norm1</c>; a run of capitals stays one word: <c>QKNorm</c> → <c>qk_norm</c>.
    /// Weight paths are made so, as PyTorch users would name them.
    /// </summary>
    public static string Snake(string name)
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

    /// <summary><c>KeepDims</c> → <c>keepDims</c>, escaped where it is a keyword.</summary>
    public static string Camel(string name)
    {
        string camel = char.ToLowerInvariant(name[0]) + name.Substring(1);
        return SyntaxFacts.GetKeywordKind(camel) == SyntaxKind.None ? camel : "@" + camel;
    }

    // An upper-case letter starts a word after a lower-case one, or when a lower-case one follows it.
    private static bool StartsWord(string name, int i)
    {
        if (i == 0 || !char.IsUpper(name[i]) || name[i - 1] == '_')
        {
            return false;
        }

        return char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]));
    }
}
