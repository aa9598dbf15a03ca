using System.Text;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Sessions;

/// <summary>
/// The interface of a model from a file, as a step of the build has written it: lines of three fields divided by tabs, <c>input</c>, <c>optional</c> or
/// <c>output</c>, the name, and the type.
/// </summary>
internal sealed record SignatureFile(string Name, EquatableList<TensorModel> Inputs, EquatableList<TensorModel> Outputs)
{
    public const string Extension = ".tessera-signature";

    public static SignatureFile Read(string name, string text)
    {
        var rows = text.Split('\n').Select(static l => l.TrimEnd('\r').Split('\t')).Where(static f => f.Length == 3).ToList();
        return new(
            name,
            rows.Where(static f => f[0] is "input" or "optional").Select(Tensor).ToEquatableList(),
            rows.Where(static f => f[0] is "output").Select(Tensor).ToEquatableList());
    }

    private static TensorModel Tensor(string[] fields)
    {
        var type = Unescaped(fields[2]);
        var open = type.IndexOf('[');
        var isPlain = open > 0 && type.EndsWith("]", StringComparison.Ordinal) && type.IndexOf('<') < 0;
        var dims = isPlain ? type.Substring(open + 1, type.Length - open - 2) : "*";
        return new TensorModel(Unescaped(fields[1]), isPlain ? type[..open] : type, dims == "*" ? null : DimList.Cut(dims).ToEquatableList(), fields[0] == "optional");
    }

    // A name may hold what divides lines and fields.
    private static string Unescaped(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            plain.Append(text[i] != '\\' || i + 1 == text.Length ? text[i] : text[++i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', var c => c });
        }

        return plain.ToString();
    }
}
