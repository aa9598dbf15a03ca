using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Tessera.Ir;

/// <summary>The canonical text of dims.</summary>
internal static class DimPrinter
{
    public static string Print(Dim dim)
    {
        var text = new StringBuilder();
        Write(text, dim);
        return text.ToString();
    }

    /// <summary>A name that needs no quotes.</summary>
    public static bool IsPlainName(string name) =>
        (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(DimParser.IsNameChar)
        && !DimParser.IsFunction(name);

    private static void Write(StringBuilder text, Dim dim)
    {
        switch (dim)
        {
            case ConstDim d: text.Append(CultureInfo.InvariantCulture, $"{d.Value}"); break;
            case SymDim d: WriteName(text, d.Name); break;
            case SumDim d: WriteSum(text, d); break;
            case ProductDim d: WriteProduct(text, d.Coefficient, d.Factors); break;
            case FloorDivDim d: WriteCall(text, "floordiv", [d.Numerator, d.Denominator]); break;
            case CeilDivDim d: WriteCall(text, "ceildiv", [d.Numerator, d.Denominator]); break;
            case ModDim d: WriteCall(text, "mod", [d.Numerator, d.Denominator]); break;
            case MinDim d: WriteCall(text, "min", d.Operands); break;
            case MaxDim d: WriteCall(text, "max", d.Operands); break;
            default: throw new InvalidOperationException($"unknown dim {dim.GetType()}");
        }
    }

    private static void WriteSum(StringBuilder text, SumDim sum)
    {
        Write(text, sum.Terms[0]);
        foreach (Dim dim in sum.Terms.AsSpan(1..))
        {
            int at = text.Length;
            Write(text, dim);
            bool negative = text[at] == '-';
            if (negative) text.Remove(at, 1);
            text.Insert(at, negative ? " - " : " + ");
        }
    }

    private static void WriteProduct(StringBuilder text, long coefficient, ImmutableArray<Dim> factors)
    {
        if (coefficient == -1) text.Append('-');
        else if (coefficient != 1) text.Append(CultureInfo.InvariantCulture, $"{coefficient}*");
        for (int i = 0; i < factors.Length; i++)
        {
            if (i > 0) text.Append('*');
            if (factors[i] is SumDim) text.Append('(');
            Write(text, factors[i]);
            if (factors[i] is SumDim) text.Append(')');
        }
    }

    private static void WriteCall(StringBuilder text, string function, ImmutableArray<Dim> arguments)
    {
        text.Append(function).Append('(');
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i > 0) text.Append(", ");
            Write(text, arguments[i]);
        }
        text.Append(')');
    }

    private static void WriteName(StringBuilder text, string name)
    {
        if (IsPlainName(name))
        {
            text.Append(name);
            return;
        }
        text.Append('"');
        foreach (char c in name)
        {
            if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (char.IsControl(c) || char.IsSurrogate(c)) text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else text.Append(c);
        }
        text.Append('"');
    }
}
