using Tessera.Examples.Images;

namespace Ocr;

/// <summary>
/// Finds lines of text: the model gives for each pixel the probability of being in the shrunken middle of a line; connected pixels
/// are a line, and its box is grown back (arXiv 1911.08947). Boxes are upright: lines at an angle are not for this example.
/// </summary>
public sealed class Detector(Stage stage)
{
    private const int Multiple = 32;
    private const int LongestSide = 960;
    private const float LeastProbability = 0.3f;
    private const double LeastMean = 0.5;
    private const double Growth = 1.5;
    private static readonly float[] s_means = [0.485f, 0.456f, 0.406f];
    private static readonly float[] s_deviations = [0.229f, 0.224f, 0.225f];

    /// <summary>Boxes of lines, from top to bottom.</summary>
    public IReadOnlyList<Box> Find(RgbImage image)
    {
        double scale = Math.Min(1, (double)LongestSide / Math.Max(image.Width, image.Height));
        (int width, int height) = (Round(image.Width * scale), Round(image.Height * scale));
        float[] pixels = Sampler.Take(image, new Box(0, 0, width / scale, height / scale), width, height);
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = i / (width * height);
            pixels[i] = (((pixels[i] + 1) / 2) - s_means[channel]) / s_deviations[channel];
        }

        float[] probabilities = stage.Run(pixels, 1, 3, height, width).Values;
        return [.. Components(probabilities, width, height)
            .Select(c => Grow(c, probabilities, width))
            .OfType<Box>()
            .Select(b => new Box(Math.Max(0, b.Left / scale), Math.Max(0, b.Top / scale), Math.Min(image.Width, b.Right / scale), Math.Min(image.Height, b.Bottom / scale)))
            .OrderBy(static b => b.Top).ThenBy(static b => b.Left)];
    }

    private static int Round(double size) => Math.Max(1, (int)Math.Ceiling(size / Multiple)) * Multiple;

    private static IEnumerable<List<int>> Components(float[] map, int width, int height)
    {
        bool[] seen = new bool[map.Length];
        for (int start = 0; start < map.Length; start++)
        {
            if (seen[start] || map[start] <= LeastProbability)
            {
                continue;
            }

            List<int> found = [start];
            seen[start] = true;
            for (int at = 0; at < found.Count; at++)
            {
                (int row, int column) = Math.DivRem(found[at], width);
                for (int y = Math.Max(0, row - 1); y <= Math.Min(height - 1, row + 1); y++)
                {
                    for (int x = Math.Max(0, column - 1); x <= Math.Min(width - 1, column + 1); x++)
                    {
                        int next = (y * width) + x;
                        if (!seen[next] && map[next] > LeastProbability)
                        {
                            seen[next] = true;
                            found.Add(next);
                        }
                    }
                }
            }

            yield return found;
        }
    }

    private static Box? Grow(List<int> pixels, float[] map, int width)
    {
        (double left, double right) = (pixels.Min(p => p % width), pixels.Max(p => p % width) + 1);
        (double top, double bottom) = (pixels.Min(p => p / width), pixels.Max(p => p / width) + 1);
        if (right - left < 3 || bottom - top < 3 || pixels.Average(p => map[p]) < LeastMean)
        {
            return null;
        }

        double by = (right - left) * (bottom - top) * Growth / (2 * (right - left + bottom - top));
        return new Box(left - by, top - by, right + by, bottom + by);
    }
}
