namespace Tessera.Compiler.Bench;

/// <summary>The middle of some measurements.</summary>
/// <param name="Lower">A quarter of them lies below.</param>
/// <param name="Median">Half of them lies below.</param>
/// <param name="Upper">A quarter of them lies above.</param>
public sealed record Quartiles(double Lower, double Median, double Upper)
{
    /// <summary>Of at least one measurement; between two of them, in proportion.</summary>
    public static Quartiles Of(IEnumerable<double> measurements)
    {
        double[] sorted = [.. measurements.Order()];
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(measurements));
        return new(At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75));
    }

    private static double At(double[] sorted, double quantile)
    {
        double position = quantile * (sorted.Length - 1);
        int low = (int)position;
        int high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + ((position - low) * (sorted[high] - sorted[low]));
    }
}
