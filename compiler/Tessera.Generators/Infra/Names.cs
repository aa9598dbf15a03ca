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
        return Escaped(char.ToLowerInvariant(name[0]) + name.Substring(1));
    }

    /// <summary>The name as C# is written: escaped where it is a keyword.</summary>
    public static string Escaped(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>A C# type or member name of any text: <c>ppocr_rec-v4</c> → <c>PpocrRecV4</c>, <c>onnx::Gemm_0</c> → <c>OnnxGemm0</c>, <c>NaViT</c> as it is.</summary>
    public static string Pascal(string text)
    {
        var name = new StringBuilder(text.Length);
        var starts = true;
        foreach (var c in text)
        {
            if (!SyntaxFacts.IsIdentifierPartCharacter(c) || c == '_')
            {
                starts = true;
                continue;
            }

            name.Append(starts ? char.ToUpperInvariant(c) : c);
            starts = false;
        }

        return name.Length == 0 ? "_" : SyntaxFacts.IsIdentifierStartCharacter(name[0]) ? name.ToString() : "_" + name;
    }

    /// <summary>A C# parameter name of any text: <c>cu_seqlens_n</c> → <c>cuSeqlensN</c>, <c>QKV</c> → <c>qkv</c>; escaped where it is a keyword.</summary>
    public static string Parameter(string text)
    {
        var name = Pascal(text).ToCharArray();
        for (var i = 0; i < name.Length && char.IsUpper(name[i]) && (i == 0 || i + 1 == name.Length || !char.IsLower(name[i + 1])); i++)
        {
            name[i] = char.ToLowerInvariant(name[i]);
        }

        return Escaped(new string(name));
    }

    /// <summary>A C# namespace of any text: <c>My.App-1</c> → <c>My.App_1</c>.</summary>
    public static string Namespace(string text) => string.Join(".", text.Split(['.'], StringSplitOptions.RemoveEmptyEntries).Select(static part =>
    {
        var name = new string([.. part.Select(static c => SyntaxFacts.IsIdentifierPartCharacter(c) ? c : '_')]);
        return SyntaxFacts.IsIdentifierStartCharacter(name[0]) ? Escaped(name) : "_" + name;
    }));

    /// <summary>The name, or one that tells it apart from those that are taken.</summary>
    public static string Unique(string name, HashSet<string> taken)
    {
        var unique = name;
        for (var i = 2; !taken.Add(unique); i++)
        {
            unique = $"{name}{i}";
        }

        return unique;
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
