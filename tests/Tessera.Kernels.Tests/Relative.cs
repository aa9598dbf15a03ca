namespace Tessera.Kernels.Tests;

/// <summary>Errors relative to an f64 reference.</summary>
internal static class Relative
{
    /// <summary>max|Δ| / max|reference|; infinite where a value is missing or not a number.</summary>
    public static double Error(float[] actual, double[] reference) => Error([.. actual.Select(static x => (double)x)], reference);

    /// <inheritdoc cref="Error(float[], double[])"/>
    public static double Error(double[] actual, double[] reference)
    {
        Assert.Equal(reference.Length, actual.Length);
        double worst = 0, largest = reference.Length == 0 ? 0 : reference.Max(Math.Abs);
        for (int i = 0; i < actual.Length; i++)
        {
            double delta = Math.Abs(actual[i] - reference[i]);
            worst = double.IsFinite(delta) ? Math.Max(worst, delta) : double.PositiveInfinity;
        }

        return worst == 0 ? 0 : worst / Math.Max(largest, double.Epsilon);
    }
}
