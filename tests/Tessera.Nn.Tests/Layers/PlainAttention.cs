using System.Numerics;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Attention by its formula, query by query and head by head, over rows <c>[tokens][heads · size]</c>.</summary>
internal sealed record PlainAttention(int Heads, int KeyHeads)
{
    /// <summary>Gains of the norms on queries and keys, or null.</summary>
    public double[]? QNorm { get; init; }

    public double[]? KNorm { get; init; }

    /// <summary>Rotates a head at a position, or null.</summary>
    public Func<double[], int, double[]>? Rotate { get; init; }

    /// <summary>Whether query i sees key j.</summary>
    public Func<int, int, bool> Sees { get; init; } = static (_, _) => true;

    public double Softcap { get; init; }

    /// <summary>Added to the logit of head, query and key.</summary>
    public Func<int, int, int, double> Bias { get; init; } = static (_, _, _) => 0;

    public double[][] Run(double[][] q, double[][] k, double[][] v)
    {
        int size = q[0].Length / Heads;
        double[][] result = [.. q.Select(_ => new double[Heads * v[0].Length / KeyHeads])];
        for (int h = 0; h < Heads; h++)
        {
            int g = h / (Heads / KeyHeads);
            double[][] qh = Prepare(Plain.Columns(q, h * size, (h + 1) * size), QNorm);
            double[][] kg = Prepare(Plain.Columns(k, g * size, (g + 1) * size), KNorm);
            int width = v[0].Length / KeyHeads;
            double[][] vg = Plain.Columns(v, g * width, (g + 1) * width);
            for (int i = 0; i < q.Length; i++)
            {
                One(h, i, qh[i], kg, vg).CopyTo(result[i], h * width);
            }
        }

        return result;
    }

    private double[][] Prepare(double[][] x, double[]? gain)
    {
        double[][] normed = gain is null ? x : Plain.Map(x, r => Plain.RmsNorm(r, gain));
        return Rotate is null ? normed : [.. normed.Select((r, position) => Rotate(r, position))];
    }

    private double[] One(int head, int i, double[] query, double[][] keys, double[][] values)
    {
        int[] seen = [.. Enumerable.Range(0, keys.Length).Where(j => Sees(i, j))];
        double[] weights = Plain.Softmax([.. seen.Select(j => Cap(Plain.Dot(query, keys[j]) / Math.Sqrt(query.Length)) + Bias(head, i, j))]);
        double[] result = new double[values[0].Length];
        for (int s = 0; s < seen.Length; s++)
        {
            for (int d = 0; d < result.Length; d++)
            {
                result[d] += weights[s] * values[seen[s]][d];
            }
        }

        return result;
    }

    private double Cap(double logit) => Softcap == 0 ? logit : Softcap * Math.Tanh(logit / Softcap);

    /// <summary>Feature i and feature i + rotary/2 are real and imaginary part; position p turns them by p · θ^(−2i/rotary).</summary>
    public static double[] Turned(double[] head, int position, int rotary, double theta)
    {
        double[] result = [.. head];
        for (int i = 0; i < rotary / 2; i++)
        {
            Complex turned = new Complex(head[i], head[i + (rotary / 2)]) * Complex.Exp(Complex.ImaginaryOne * position * Math.Pow(theta, -2.0 * i / rotary));
            (result[i], result[i + (rotary / 2)]) = (turned.Real, turned.Imaginary);
        }

        return result;
    }
}
