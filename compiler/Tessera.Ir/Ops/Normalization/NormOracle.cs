using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Norms of the last axis in plain loops, and what all of them ask of their gains: the oracle of every norm.</summary>
internal static class NormOracle
{
    /// <summary>Fails unless each gain has the element type of x and one number for each feature.</summary>
    public static void CheckGains(InferContext context, Value x, params ReadOnlySpan<Value?> gains)
    {
        Shape shape = context.ShapeOf(x);
        foreach (Value? gain in gains)
        {
            if (gain is not null)
            {
                context.RequireSameDType(x, gain);
                Dim size = context.ShapeOf(gain) is [var only]
                    ? only
                    : throw context.Error("TSR0203", $"weight and bias must have rank 1; one is {gain.Type}.");
                context.RequireEqual(shape[shape.Rank - 1], size, "normalised size and weight or bias");
            }
        }
    }

    /// <summary><c>(x − mean(x)) / √(var(x) + ε) · weight + bias</c>.</summary>
    public static RefTensor Layer(RefTensor x, RefTensor weight, RefTensor? bias, double epsilon) => Rows(x, row =>
    {
        double mean = row.Average();
        double deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + epsilon);
        return (v, j) => ((v - mean) / deviation * weight.F[j]) + (bias?.F[j] ?? 0);
    });

    /// <summary><c>x / √(mean(x²) + ε) · weight</c>.</summary>
    public static RefTensor Rms(RefTensor x, RefTensor weight, double epsilon) => Rows(x, row =>
    {
        double scale = 1 / Math.Sqrt(row.Average(static v => v * v) + epsilon);
        return (v, j) => v * scale * weight.F[j];
    });

    // What becomes of each element follows from its row, its value and its place there.
    private static RefTensor Rows(RefTensor x, Func<double[], Func<double, int, double>> normalise)
    {
        double[] result = new double[x.Count];
        foreach (int[] row in Slices.Along(x.Dims, -1).Where(static r => r.Length > 0))
        {
            Func<double, int, double> element = normalise([.. row.Select(i => x.F[i])]);
            for (int j = 0; j < row.Length; j++)
            {
                result[row[j]] = element(x.F[row[j]], j);
            }
        }

        return RefTensor.Floats(x.DType, x.Dims, result);
    }
}
