using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tessera.Ir;

/// <summary>Reads the text form of constraints.</summary>
internal static class ConstraintParser
{
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Constraint? constraint, out int consumed)
    {
        if (TryParseDivisible(text, out constraint, out consumed)) return true;
        constraint = null;
        if (!DimParser.TryParse(text, out Dim left, out consumed, out _)) return false;
        ReadOnlySpan<char> relation = Relation(text[consumed..].TrimStart());
        if (relation.IsEmpty) return false;
        consumed = text.Length - text[consumed..].TrimStart().Length + relation.Length;
        if (!DimParser.TryParse(text[consumed..], out Dim right, out int taken)) return false;
        consumed += taken;
        constraint = relation switch
        {
            "==" => new Constraint.Equal(left, right),
            ">=" => new Constraint.GreaterEqual(left, right),
            "<=" => new Constraint.GreaterEqual(right, left),
            ">" => new Constraint.GreaterEqual(left, right + 1),
            _ => new Constraint.GreaterEqual(right, left + 1),
        };
        return true;
    }

    private static ReadOnlySpan<char> Relation(ReadOnlySpan<char> text) => text switch
    {
        ['=', '=', ..] or ['>', '=', ..] or ['<', '=', ..] => text[..2],
        ['>', ..] or ['<', ..] => text[..1],
        _ => default,
    };

    /// <summary>% binds as tightly as *, so a sum before it needs parentheses.</summary>
    private static bool TryParseDivisible(ReadOnlySpan<char> text, [NotNullWhen(true)] out Constraint? constraint, out int consumed)
    {
        constraint = null;
        if (!DimParser.TryParseProduct(text, out Dim value, out consumed)) return false;
        ReadOnlySpan<char> rest = text[consumed..].TrimStart();
        if (rest is not ['%', ..]) return false;
        rest = rest[1..].TrimStart();
        int digits = 0;
        while (digits < rest.Length && char.IsAsciiDigit(rest[digits])) digits++;
        if (!long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long by) || by == 0) return false;
        rest = rest[digits..].TrimStart();
        if (rest is not ['=', '=', ..]) return false;
        rest = rest[2..].TrimStart();
        if (rest is not ['0', ..]) return false;
        consumed = text.Length - rest.Length + 1;
        constraint = new Constraint.Divisible(value, by);
        return true;
    }
}
