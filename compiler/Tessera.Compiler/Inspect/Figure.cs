using System.Globalization;
using Tessera.Ir;

namespace Tessera.Compiler.Inspect;

/// <summary>Figures of a model that may be too large for 64 bits, or for a formula to be written: null then.</summary>
public static class Figure
{
    /// <summary>What stands in the place of such a figure.</summary>
    public const string TooLarge = "too large";

    /// <summary>The figure, or null.</summary>
    public static T? Of<T>(Func<T> compute)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(compute);
        try
        {
            return compute();
        }
        catch (TesseraException error) when (error.Code is "TSR0101" or "TSR0104")
        {
            return null;
        }
    }

    /// <summary>A formula at given sizes, or null.</summary>
    public static long? At(Dim formula, Func<string, long> sizes)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return Of(() => Dim.Const(formula.Evaluate(sizes)))?.ConstValue;
    }

    /// <summary>The sum of numbers of 0 or more, or null.</summary>
    public static long? Sum(IEnumerable<Int128> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        Int128 sum = numbers.Aggregate((Int128)0, static (a, b) => Int128.Min(a + b, (Int128)long.MaxValue + 1));
        return sum <= long.MaxValue ? (long)sum : null;
    }

    /// <summary>A number with its thousands parted.</summary>
    public static string Number(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? TooLarge;
}
