using SkiaSharp;

namespace Tessera.Examples.Images;

/// <summary>Draws images of many sizes and aspect ratios, for want of real ones: a gradient with shapes on it, the same for the same seed.</summary>
public static class ImageGenerator
{
    private const int Shapes = 12;

    /// <param name="count">How many.</param>
    /// <param name="seed">Equal seeds draw equal images.</param>
    /// <param name="minSide">The square root of the smallest image's pixels.</param>
    /// <param name="maxSide">The square root of the largest image's pixels.</param>
    public static IReadOnlyList<RgbImage> Draw(int count, int seed = 0, int minSide = 96, int maxSide = 512)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, minSide);
        // Neighbouring seeds start alike, so each image's seed is itself drawn.
        var seeds = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(index => DrawOne(index, new Random(seeds.Next()), minSide, maxSide))];
    }

    private static RgbImage DrawOne(int index, Random random, int minSide, int maxSide)
    {
        var side = minSide * Math.Pow((double)maxSide / minSide, random.NextDouble());
        // From twice as tall as wide to twice as wide as tall, either alike.
        var stretch = Math.Pow(2, random.NextDouble() - 0.5);
        var (width, height) = ((int)Math.Round(side * stretch), (int)Math.Round(side / stretch));
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { IsAntialias = true };
        DrawBackground(canvas, paint, random, width, height);
        for (var shape = 0; shape < Shapes; shape++)
            DrawShape(canvas, paint, random, width, height);
        canvas.Flush();
        return ImageDecoder.Orient($"drawn-{index:d2}", bitmap, SKEncodedOrigin.TopLeft);
    }

    private static void DrawBackground(SKCanvas canvas, SKPaint paint, Random random, int width, int height)
    {
        using var gradient = SKShader.CreateLinearGradient(
            Point(random, width, height), new SKPoint(width, height), [Colour(random, 255), Colour(random, 255)], SKShaderTileMode.Mirror);
        paint.Shader = gradient;
        canvas.DrawRect(0, 0, width, height, paint);
        paint.Shader = null;
    }

    private static void DrawShape(SKCanvas canvas, SKPaint paint, Random random, int width, int height)
    {
        paint.Color = Colour(random, 200);
        var centre = Point(random, width, height);
        var size = (float)(Math.Min(width, height) * (0.05 + 0.25 * random.NextDouble()));
        switch (random.Next(3))
        {
            case 0:
                canvas.DrawCircle(centre, size, paint);
                break;
            case 1:
                canvas.DrawRect(centre.X - size, centre.Y - size / 2, 2 * size, size, paint);
                break;
            default:
                paint.StrokeWidth = 1 + size / 6;
                canvas.DrawLine(centre, Point(random, width, height), paint);
                break;
        }
    }

    private static SKPoint Point(Random random, int width, int height)
        => new((float)(width * random.NextDouble()), (float)(height * random.NextDouble()));

    private static SKColor Colour(Random random, byte alpha)
        => new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256), alpha);
}
