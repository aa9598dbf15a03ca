using Tessera.Ir.Evaluate;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>The formulas of the literature over rows of doubles: what layers are compared with.</summary>
internal static class Plain
{
    // Both sides compute in double; scalars in graphs (ε, scales, frequencies) are rounded to f32.
    private const double Tolerance = 2e-6;

    public static double[][] Rows(RefTensor tensor)
    {
        int width = tensor.Rank == 0 ? 1 : (int)tensor.Dims[^1];
        return [.. tensor.F.Chunk(Math.Max(width, 1)).Select(static row => row.ToArray())];
    }

    public static void Close(double[][] expected, double[][] actual)
    {
        Assert.Equal(expected.Select(static r => r.Length), actual.Select(static r => r.Length));
        for (int i = 0; i < expected.Length; i++)
        {
            for (int j = 0; j < expected[i].Length; j++)
            {
                Assert.True(Math.Abs(expected[i][j] - actual[i][j]) <= Tolerance, $"[{i}, {j}]: expected {expected[i][j]:R}, got {actual[i][j]:R}");
            }
        }
    }

    /// <summary>x Wᵀ + b.</summary>
    public static double[][] Linear(double[][] x, double[][] weight, double[]? bias = null) =>
        Map(x, row => [.. weight.Select((w, o) => Dot(row, w) + (bias?[o] ?? 0))]);

    public static double Dot(double[] a, double[] b) => a.Zip(b, static (p, q) => p * q).Sum();

    public static double[][] Map(double[][] x, Func<double[], double[]> row) => [.. x.Select(row)];

    public static double[][] Each(double[][] x, Func<double, double> element) => Map(x, r => [.. r.Select(element)]);

    public static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, static (p, q) => p.Zip(q, static (s, t) => s + t).ToArray())];

    public static double[][] Multiply(double[][] a, double[][] b) => [.. a.Zip(b, static (p, q) => p.Zip(q, static (s, t) => s * t).ToArray())];

    public static double[] RmsNorm(double[] x, double[] gain, double epsilon = 1e-6)
    {
        double root = Math.Sqrt((x.Sum(static v => v * v) / x.Length) + epsilon);
        return [.. x.Select((v, i) => v / root * gain[i])];
    }

    public static double[] LayerNorm(double[] x, double[] gain, double[]? bias, double epsilon)
    {
        double mean = x.Average();
        double root = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + epsilon);
        return [.. x.Select((v, i) => ((v - mean) / root * gain[i]) + (bias?[i] ?? 0))];
    }

    /// <summary>x · Φ(x), Φ by Simpson's rule on the normal density: independent of any library's erf.</summary>
    public static double Gelu(double x)
    {
        const int Steps = 2000;
        double step = x / Steps;
        double sum = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double t = i * step;
            sum += (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-t * t / 2);
        }

        return x * (0.5 + (sum * step / 3 / Math.Sqrt(2 * Math.PI)));
    }

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    public static double[] Softmax(double[] logits)
    {
        double top = logits.Max();
        double[] e = [.. logits.Select(l => Math.Exp(l - top))];
        return [.. e.Select(v => v / e.Sum())];
    }

    public static double[][] Mlp(double[][] x, LayerRun run, string path) => Linear(
        Each(Linear(x, run.Weight($"{path}fc1.weight"), run.Vector($"{path}fc1.bias")), Gelu),
        run.Weight($"{path}fc2.weight"),
        run.Vector($"{path}fc2.bias"));

    /// <summary>Columns <paramref name="start"/> up to <paramref name="end"/>.</summary>
    public static double[][] Columns(double[][] x, int start, int end) => Map(x, r => r[start..end]);
}
