using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Tessera.Generators.Infra;

/// <summary>Spellings of a C# name in the text form and in parameter lists.</summary>
internal static class Names
{
    /// <summary><c>KeepDims</c> → <c>keep_dims</c>; a run of capitals stays one word: <c>QKNorm</c> → <c>qk_norm</c>.</summary>
    public static string Snake(string name)
    {
        StringBuilder text = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool boundary = i > 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (boundary)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    /// <summary><c>KeepDims</c> → <c>keepDims</c>, escaped where it is a keyword.</summary>
    public static string Camel(string name)
    {
        string camel = char.ToLowerInvariant(name[0]) + name.Substring(1);
        return SyntaxFacts.GetKeywordKind(camel) == SyntaxKind.None ? camel : "@" + camel;
    }
}
