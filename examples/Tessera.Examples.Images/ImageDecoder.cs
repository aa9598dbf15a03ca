using SkiaSharp;

namespace Tessera.Examples.Images;

/// <summary>
/// Decodes image files at their own resolution: turned as their EXIF orientation says, in sRGB, transparency laid
/// over white, values scaled to [−1, 1].
/// </summary>
public static class ImageDecoder
{
    /// <summary>What <see cref="Decode"/> takes at most unless told otherwise: a photograph of 40 megapixels.</summary>
    public const long DefaultMaxPixels = 40_000_000;

    /// <exception cref="Tessera.Runtime.TesseraRuntimeException">
    /// NAVIT00: no such file. NAVIT01: not readable. NAVIT02: not an image. NAVIT03: truncated. NAVIT04: its header
    /// claims more than <paramref name="maxPixels"/>; nothing was allocated for it.
    /// </exception>
    public static RgbImage Decode(string path, long maxPixels = DefaultMaxPixels)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = Open(path);
        using var codec = SKCodec.Create(file, out var result) ?? throw ImageErrors.NotAnImage(path, result.ToString());
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > maxPixels)
            throw ImageErrors.TooManyPixels(path, width, height, maxPixels);
        using var srgb = SKColorSpace.CreateSrgb();
        // Unpremultiplied: premultiplied 8-bit values have lost what faint pixels were.
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, srgb);
        using var bitmap = new SKBitmap(info);
        result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw ImageErrors.Truncated(path, result.ToString());
        return Orient(path, bitmap, codec.EncodedOrigin);
    }

    /// <summary>Copies the pixels of a bitmap of RGBA bytes, turned upright.</summary>
    internal static RgbImage Orient(string name, SKBitmap bitmap, SKEncodedOrigin origin)
    {
        var turn = Orientation.Of(origin, bitmap.Width, bitmap.Height);
        var pixels = new float[3 * turn.Width * turn.Height];
        var rgba = bitmap.GetPixelSpan();
        var at = 0;
        for (var row = 0; row < turn.Height; row++)
            for (var column = 0; column < turn.Width; column++, at += 3)
            {
                var (y, x) = turn.Source(row, column);
                OverWhite(rgba.Slice(y * bitmap.RowBytes + 4 * x, 4), pixels.AsSpan(at, 3));
            }
        return new(name, turn.Width, turn.Height, pixels);
    }

    private static void OverWhite(ReadOnlySpan<byte> rgba, Span<float> rgb)
    {
        // 255 · (α·c + (1 − α)), kept in integers so that opaque pixels are exact.
        for (var channel = 0; channel < 3; channel++)
            rgb[channel] = (rgba[channel] * rgba[3] + 255 * (255 - rgba[3])) / (255 * 127.5f) - 1;
    }

    // Read as a whole: what a stream throws under the decoder ends the process.
    private static MemoryStream Open(string path)
    {
        if (!File.Exists(path))
            throw ImageErrors.Missing(path);
        try
        {
            return new(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ImageErrors.Unreadable(path, failure);
        }
    }
}
