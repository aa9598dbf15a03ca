namespace Tessera.Kernels.Tests;

/// <summary>The definition of a mixture of experts in plain loops and f64, written apart from the kernel.</summary>
internal static class NaiveExperts
{
    public static double[] Run(ExpertCase c, ExpertInputs inputs)
    {
        long[] ids = c.Assignments();
        double[] output = new double[c.Tokens * c.OutputWidth];
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0 || ids[i] >= c.Experts)
                continue;
            int t = i / c.Choices, e = (int)ids[i];
            double weight = inputs.Weights[i];
            double[] x = [.. inputs.X.AsSpan(t * c.Width, c.Width).ToArray().Select(v => c.OnInput ? v * weight : v)];
            double[] h = [.. Enumerable.Range(0, c.Hidden[e]).Select(j => Hidden(c, inputs, e, x, j))];
            for (int d = 0; d < c.OutputWidth; d++)
                output[(t * c.OutputWidth) + d] += Product(inputs, e, 1, h, d) * (c.OnInput ? 1 : weight);
        }

        return output;
    }

    private static double Hidden(ExpertCase c, ExpertInputs inputs, int e, double[] x, int j)
    {
        double limit = c.Limit > 0 ? c.Limit : double.PositiveInfinity;
        int h = c.Hidden[e];
        double g = Product(inputs, e, 0, x, c.Gate == "interleaved" ? 2 * j : j);
        if (!c.IsGated)
            return Activation(c, Math.Min(g, limit));
        double v = c.Gate switch
        {
            "separate" => Product(inputs, e, 2, x, j),
            "interleaved" => Product(inputs, e, 0, x, (2 * j) + 1),
            _ => Product(inputs, e, 0, x, h + j),
        };
        return Activation(c, Math.Min(g, limit)) * (Math.Clamp(v, -limit, limit) + c.Beta);
    }

    private static double Product(ExpertInputs inputs, int e, int matrix, double[] x, int column)
    {
        double sum = inputs.Bias(e, matrix, column);
        for (int k = 0; k < x.Length; k++)
            sum += x[k] * inputs.Matrix(e, matrix, k, column);
        return sum;
    }

    private static double Activation(ExpertCase c, double x) => c.Activation switch
    {
        "relu" => Math.Max(x, 0),
        "gelu" => x / 2 * (1 + Erf(x / Math.Sqrt(2))),
        "gelu_tanh" => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * Math.Pow(x, 3))))),
        "silu" => x / (1 + Math.Exp(-c.Alpha * x)),
        _ => x,
    };

    /// <summary>2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)): near enough for |x| below 6, and ±1 beyond.</summary>
    internal static double Erf(double x)
    {
        if (!(Math.Abs(x) < 6))
            return double.IsNaN(x) ? x : Math.Sign(x);
        decimal power = (decimal)x, square = power * power, sum = 0;
        for (int n = 0; n < 150; n++)
        {
            sum += power / ((2 * n) + 1);
            power *= -square / (n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * (double)sum;
    }
}
