using System.Globalization;
using System.Text;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Text;

/// <summary>How attribute values, names and strings are spelled in the text form.</summary>
internal static class AttributeText
{
    private const int LongestList = 32;

    public static string Write(object? value) => value switch
    {
        null => "none",
        long or int => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        bool flag => flag ? "true" : "false",
        string text => Quote(text),
        DType dtype => dtype.Text(),
        Enum member => Spelling.Snake(member.ToString()),
        EquatableArray<long> list => list.ToString(),
        EquatableArray<Real> list => list.ToString(),
        EquatableArray<Dim> list => list.ToString(),
        EquatableArray<string> list => $"[{string.Join(", ", list.Select(Quote))}]",
        EquatableArray<IrType> list => $"[{string.Join(", ", list)}]",
        TensorContent content => Write(content),
        Real or Dim or Shape or IrType => value.ToString()!,
        _ => throw new InvalidOperationException($"Attributes of type {value.GetType()} have no text form."),
    };

    /// <summary><c>%name</c>, quoted where the name is no identifier.</summary>
    public static string ValueName(string name) => IsIdentifier(name) ? "%" + name : "%" + Quote(name);

    public static bool IsIdentifier(string name) => name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');

    /// <summary>A double-quoted string; control characters, quotes and backslashes escaped as in JSON.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                < ' ' or '\u007f' or (>= '\ud800' and <= '\udfff') => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static string Write(TensorContent content)
    {
        string head = $"{content.DType.Text()}{content.Dims} ";
        if (content.Strings is { } strings)
        {
            return $"{head}{{{string.Join(", ", strings.Select(Quote))}}}";
        }

        return content.Count <= LongestList && List(content) is { } list
            ? $"{head}{{{list}}}"
            : $"{head}base64 \"{Convert.ToBase64String(content.Bytes.Span)}\"";
    }

    // Only where reading the numbers gives the same bytes: a NaN with a payload, say, does not.
    private static string? List(TensorContent content)
    {
        if (!(content.DType is DType.F32 or DType.F64 or DType.F16 or DType.BF16 or DType.Bool
            || (content.DType.IsInteger() && content.DType.Bits() >= 8)))
        {
            return null;
        }

        RefTensor tensor = RefTensors.FromContent(content);
        return RefTensors.ToBytes(tensor).AsSpan().SequenceEqual(content.Bytes.Span)
            ? string.Join(", ", Enumerable.Range(0, tensor.Count).Select(i => Element(tensor, i)))
            : null;
    }

    private static string Element(RefTensor tensor, int index) => tensor.DType switch
    {
        DType.Bool => tensor.B[index] ? "true" : "false",
        DType.F64 => Float(tensor.F[index].ToString("R", CultureInfo.InvariantCulture)),
        DType.F32 or DType.F16 or DType.BF16 => new Real(tensor.F[index]).ToString(),
        _ => tensor.I[index].ToString(CultureInfo.InvariantCulture),
    };

    private static string Float(string text) => text switch
    {
        "NaN" => "nan",
        "Infinity" => "inf",
        "-Infinity" => "-inf",
        _ => text,
    };
}
