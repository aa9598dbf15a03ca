using Tessera.Ir;

namespace Tessera.Passes.Batching;

/// <summary>A partition of the form <c>factor · symbol + offset</c>, whose offsets follow from the symbol's own without a scan.</summary>
internal sealed record AffineLength(string? Symbol, long Factor, long Offset)
{
    /// <summary>The affine form of <paramref name="partition"/> in one ragged symbol (or none), or null.</summary>
    public static AffineLength? Of(Dim partition)
    {
        string[] symbols = [.. partition.Symbols];
        if (symbols.Length > 1)
        {
            return null;
        }

        // An affine function is fixed by two points; normal form then tells whether it is one.
        if (symbols.Length == 0)
        {
            return partition.IsConst(out long value) ? new AffineLength(null, 0, value) : null;
        }

        Dim symbol = Dim.Sym(symbols[0]);
        long offset = partition.Evaluate(static _ => 0);
        long factor = partition.Evaluate(static _ => 1) - offset;
        return ((symbol * factor) + offset).Equals(partition) ? new AffineLength(symbols[0], factor, offset) : null;
    }
}
