namespace Tessera.Ir.Evaluate.Images;

/// <summary>Pixels of 8 bits, row by row from the top.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Channels">1 for shades of gray, 3 for red, green and blue.</param>
/// <param name="Data">The samples, pixel by pixel.</param>
internal sealed record PixelImage(int Width, int Height, int Channels, byte[] Data)
{
    /// <summary>No file is larger than this.</summary>
    private const long MostPixels = 1 << 26;

    public bool IsGray => Channels == 1;

    public (byte R, byte G, byte B) this[int pixel] => IsGray
        ? (Data[pixel], Data[pixel], Data[pixel])
        : (Data[3 * pixel], Data[(3 * pixel) + 1], Data[(3 * pixel) + 2]);

    /// <summary>A black one.</summary>
    /// <exception cref="InvalidDataException">It would be empty or too large.</exception>
    public static PixelImage Blank(long width, long height, int channels) => width > 0 && height > 0 && width <= MostPixels && height <= MostPixels && width * height <= MostPixels
        ? new PixelImage((int)width, (int)height, channels, new byte[width * height * channels])
        : throw new InvalidDataException($"An image of {width} by {height} pixels is not read.");
}
