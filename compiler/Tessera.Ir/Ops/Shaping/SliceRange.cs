namespace Tessera.Ir.Ops;

/// <summary>
/// Which positions a slice takes along one axis, as ONNX's Slice defines it: negative bounds count from the end, then both
/// are clamped, to [0, size] going up and to [0, size − 1] (start) and [−1, size − 1] (end) going down.
/// </summary>
internal static class SliceRange
{
    private const long LongestAxis = 1L << 40;

    /// <summary>First position and number of positions.</summary>
    public static (long Start, long Count) Of(long size, long start, long end, long step)
    {
        long from = start < 0 ? start + size : start;
        long to = end < 0 ? end + size : end;
        if (step > 0)
        {
            from = Math.Clamp(from, 0, size);
            to = Math.Clamp(to, 0, size);
            return (from, to <= from ? 0 : ((to - from - 1) / step) + 1);
        }

        from = Math.Min(Math.Max(from, 0), size - 1);
        to = Math.Min(Math.Max(to, -1), size - 1);
        return (from, from <= to ? 0 : (long)(((ulong)(from - to) - 1) / (0UL - (ulong)step)) + 1);
    }

    /// <summary>The same in symbols; null when the sign of a bound is not known.</summary>
    public static (Dim Start, Dim Count)? Of(DimFacts facts, Dim size, Dim start, Dim end, long step)
    {
        if (FromFront(facts, size, start) is not { } from || FromFront(facts, size, end) is not { } to)
        {
            return null;
        }

        // A step as long as any axis takes one element; a longer one would only overflow.
        step = Math.Clamp(step, -LongestAxis, LongestAxis);
        if (step > 0)
        {
            Dim low = facts.Simplify(Dim.Min(Dim.Max(from, 0), size));
            Dim high = facts.Simplify(Dim.Min(Dim.Max(to, 0), size));
            return (low, facts.Simplify(Dim.Max(Dim.CeilDiv(high - low, step), 0)));
        }

        Dim first = facts.Simplify(Dim.Min(Dim.Max(from, 0), size - 1));
        Dim last = facts.Simplify(Dim.Min(Dim.Max(to, -1), size - 1));
        return (first, facts.Simplify(Dim.Max(Dim.CeilDiv(first - last, -step), 0)));
    }

    // Exporters write "to the very end" as the largest or smallest integer of 32 or 64 bits.
    private static Dim? FromFront(DimFacts facts, Dim size, Dim bound) => bound.ConstValue switch
    {
        >= int.MaxValue => size,
        <= int.MinValue => -1,
        >= 0 => bound,
        < 0 => size + bound,
        null => facts.GreaterEqual(bound, 0) switch
        {
            Proof.Proved => bound,
            Proof.Disproved => size + bound,
            _ => null,
        },
    };
}
