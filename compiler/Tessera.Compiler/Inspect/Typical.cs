using Tessera.Ir;

namespace Tessera.Compiler.Inspect;

/// <summary>Comparison of formulas whose sizes are not known: as if every symbol were 64.</summary>
internal static class Typical
{
    public static double Value(Dim size)
    {
        try
        {
            return size.Evaluate(static _ => 64);
        }
        catch (TesseraException error) when (error.Code == "TSR0101")
        {
            return double.PositiveInfinity;
        }
    }

    public static Dim Largest(IEnumerable<Dim> sizes) => sizes.Aggregate((Dim)0, static (a, b) => Value(b) > Value(a) ? b : a);
}
