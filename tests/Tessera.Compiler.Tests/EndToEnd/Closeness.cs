using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>max|Δ| / max|reference| of each output over all examples, held to the table of tolerances.</summary>
internal static class Closeness
{
    public static void Check(DType dtype, RefTensor[][] reference, double[][][] actual)
    {
        for (int output = 0; output < reference[0].Length; output++)
        {
            double[] expected = [.. reference.SelectMany(r => r[output].F)];
            double[] got = [.. actual.SelectMany(a => a[output])];
            Assert.Equal(expected.Length, got.Length);
            Assert.InRange(Relative(expected, got), 0, Tolerances.For(dtype));
        }
    }

    public static double Relative(double[] expected, double[] got)
    {
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - got[i]);
            worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
        }

        return worst == 0 ? 0 : worst / expected.Max(Math.Abs);
    }
}
