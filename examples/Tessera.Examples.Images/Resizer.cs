namespace Tessera.Examples.Images;

/// <summary>
/// Scales images down by a triangle filter as wide as the scale, so that no detail aliases. Plain loops, so that
/// every machine computes the same.
/// </summary>
internal static class Resizer
{
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        var across = new float[3 * width * image.Height];
        Rows(image.Pixels, image.Width, across, width, image.Height);
        var pixels = new float[3 * width * height];
        Columns(across, image.Height, pixels, height, 3 * width);
        return new(image.Name, width, height, pixels);
    }

    private static void Rows(float[] source, int from, float[] target, int to, int rows)
    {
        var taps = Taps(from, to);
        for (var row = 0; row < rows; row++)
            for (var x = 0; x < to; x++)
            {
                var (first, weights) = taps[x];
                var sum = target.AsSpan(3 * (row * to + x), 3);
                for (var k = 0; k < weights.Length; k++)
                    for (var channel = 0; channel < 3; channel++)
                        sum[channel] += weights[k] * source[3 * (row * from + first + k) + channel];
            }
    }

    private static void Columns(float[] source, int from, float[] target, int to, int stride)
    {
        var taps = Taps(from, to);
        for (var y = 0; y < to; y++)
        {
            var (first, weights) = taps[y];
            var sum = target.AsSpan(y * stride, stride);
            for (var k = 0; k < weights.Length; k++)
            {
                var line = source.AsSpan((first + k) * stride, stride);
                for (var i = 0; i < stride; i++)
                    sum[i] += weights[k] * line[i];
            }
        }
    }

    /// <summary>For each target pixel the first source pixel it draws on, and the weights from there, which add up to 1.</summary>
    private static (int First, float[] Weights)[] Taps(int from, int to)
    {
        var scale = Math.Max(1.0, (double)from / to);
        var taps = new (int, float[])[to];
        for (var i = 0; i < to; i++)
        {
            var centre = (i + 0.5) * from / to;
            var first = Math.Max(0, (int)Math.Floor(centre - scale));
            var last = Math.Min(from - 1, (int)Math.Ceiling(centre + scale) - 1);
            var weights = Enumerable.Range(first, last - first + 1)
                .Select(source => Math.Max(0, 1 - Math.Abs(source + 0.5 - centre) / scale)).ToArray();
            var sum = weights.Sum();
            taps[i] = (first, Array.ConvertAll(weights, weight => (float)(weight / sum)));
        }
        return taps;
    }
}
