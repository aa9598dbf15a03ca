namespace Tessera.Nn.Tests.Layers;

/// <summary>
/// Sparse top-k as its paper defines it (arXiv 2302.01425, section 5): isotonic regression of the sorted row, by pooling adjacent
/// violators or, for p = 2, by Dykstra's alternating projections. Neither knows the closed form that the op uses.
/// </summary>
internal static class PlainSoftTopK
{
    /// <summary>
    /// Minimises <c>Σ|s − v|^q / (q λ^(q−1))</c> plus <c>⟨w, v⟩</c> (mask) or <c>½ Σ w v²</c> (magnitude) over v₁ ≥ v₂ ≥ …, w = 1 for the first k.
    /// </summary>
    public static double[] PoolAdjacentViolators(double[] x, int k, double lambda, double p, bool magnitude = false)
    {
        double power = (p / (p - 1)) - 1;
        double[] keys = magnitude ? [.. x.Select(Math.Abs)] : x;
        int[] order = [.. Enumerable.Range(0, x.Length).OrderByDescending(i => keys[i])];
        double[] s = [.. order.Select(i => keys[i])];
        List<(int Start, int End, double Value)> blocks = [];
        for (int i = 0; i < s.Length; i++)
        {
            (int start, int end) = (i, i + 1);
            double value = Minimum(s[start..end], Math.Clamp(k - start, 0, end - start), lambda, power, magnitude);
            while (blocks.Count > 0 && blocks[^1].Value < value)
            {
                start = blocks[^1].Start;
                blocks.RemoveAt(blocks.Count - 1);
                value = Minimum(s[start..end], Math.Clamp(k - start, 0, end - start), lambda, power, magnitude);
            }

            blocks.Add((start, end, value));
        }

        double[] result = new double[x.Length];
        foreach ((int start, int end, double value) in blocks)
        {
            for (int i = start; i < end; i++)
            {
                double above = Math.Max(s[i] - value, 0);
                double y = Math.Pow(above / lambda, power);
                result[order[i]] = magnitude ? Math.Sign(x[order[i]]) * (y + above) : y;
            }
        }

        return result;
    }

    /// <summary>p = 2: the projection of s − λw onto descending rows, pairs (1, 2), (3, 4) … and (2, 3), (4, 5) … in turn.</summary>
    public static double[] Dykstra(double[] x, int k, double lambda, int steps)
    {
        int[] order = [.. Enumerable.Range(0, x.Length).OrderByDescending(i => x[i])];
        double[] s = [.. order.Select(i => x[i])];
        double[] v = [.. s.Select((value, i) => value - (i < k ? lambda : 0))];
        double[][] corrections = [new double[v.Length], new double[v.Length]];
        for (int step = 0; step < steps; step++)
        {
            double[] correction = corrections[step % 2];
            double[] shifted = [.. v.Zip(correction, static (a, b) => a + b)];
            v = [.. shifted];
            for (int i = step % 2; i + 1 < v.Length; i += 2)
            {
                if (v[i] < v[i + 1])
                {
                    v[i] = v[i + 1] = (v[i] + v[i + 1]) / 2;
                }
            }

            corrections[step % 2] = [.. shifted.Zip(v, static (a, b) => a - b)];
        }

        double[] result = new double[x.Length];
        for (int i = 0; i < v.Length; i++)
        {
            result[order[i]] = (s[i] - v[i]) / lambda;
        }

        return result;
    }

    // The one value of a block: where its derivative, which falls, is 0.
    private static double Minimum(double[] s, int weight, double lambda, double power, bool magnitude)
    {
        double Slope(double v) => s.Sum(a => Math.Sign(a - v) * Math.Pow(Math.Abs(a - v) / lambda, power)) - (magnitude ? v * weight : weight);
        (double low, double high) = (s[^1] - lambda - 1, s[0] + 1);
        for (int i = 0; i < 200; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Slope(middle) > 0 ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
