namespace Tessera.Kernels.Tests;

/// <summary>The definition of packed attention in plain loops and f64, written apart from the kernel.</summary>
internal static class NaiveAttention
{
    public static double[] Run(AttentionCase c, float[] q, float[] k, float[] v, float[]? bias, float[]? qNorm, float[]? kNorm)
    {
        int[] cuQ = c.CuQ, cuK = c.CuK;
        double[] output = new double[cuQ[^1] * c.Heads * c.ValueDim];
        for (int b = 0; b < c.Queries.Length; b++)
        {
            int keys = cuK[b + 1] - cuK[b];
            for (int i = 0; i < cuQ[b + 1] - cuQ[b]; i++)
            {
                for (int h = 0; h < c.Heads; h++)
                {
                    int g = h / (c.Heads / c.KeyHeads);
                    double[] query = Row(q, (((cuQ[b] + i) * c.Heads) + h) * c.HeadDim, qNorm, c);
                    double?[] logits = new double?[keys];
                    for (int j = 0; j < keys; j++)
                    {
                        if (Sees(c, i, j))
                            logits[j] = Logit(c, query, Row(k, (((cuK[b] + j) * c.KeyHeads) + g) * c.HeadDim, kNorm, c), bias, h, i, j);
                    }

                    Weigh(c, logits, v, cuK[b], g, output.AsSpan((((cuQ[b] + i) * c.Heads) + h) * c.ValueDim, c.ValueDim));
                }
            }
        }

        return output;
    }

    private static bool Sees(AttentionCase c, int i, int j) =>
        !(c.Causal && j > i)
        && !(c.WindowLeft >= 0 && j < i - c.WindowLeft)
        && !(c.WindowRight >= 0 && j > i + c.WindowRight);

    private static double[] Row(float[] x, int start, float[]? gain, AttentionCase c)
    {
        double[] row = [.. x.AsSpan(start, c.HeadDim).ToArray().Select(e => (double)e)];
        if (gain is null)
            return row;
        double rms = Math.Sqrt(row.Average(e => e * e) + AttentionCase.NormEpsilon);
        return [.. row.Select((e, d) => e / rms * gain[d])];
    }

    private static double Logit(AttentionCase c, double[] query, double[] key, float[]? bias, int h, int i, int j)
    {
        double s = query.Zip(key, (a, b) => a * b).Sum() * (c.Scale == 0 ? 1 / Math.Sqrt(c.HeadDim) : c.Scale);
        if (c.Softcap != 0)
            s = c.Softcap * Math.Tanh(s / c.Softcap);
        int r = c.BiasRadius;
        return bias is null ? s : s + bias[(h * ((2 * r) + 1)) + Math.Clamp(j - i, -r, r) + r];
    }

    private static void Weigh(AttentionCase c, double?[] logits, float[] v, int firstKey, int g, Span<double> output)
    {
        if (logits.All(s => s is null))
            return;
        double max = logits.Max() ?? 0;
        double total = logits.Sum(s => s is null ? 0 : Math.Exp(s.Value - max));
        for (int e = 0; e < c.ValueDim; e++)
        {
            for (int j = 0; j < logits.Length; j++)
            {
                if (logits[j] is { } s)
                    output[e] += Math.Exp(s - max) / total * v[((((firstKey + j) * c.KeyHeads) + g) * c.ValueDim) + e];
            }
        }
    }
}
