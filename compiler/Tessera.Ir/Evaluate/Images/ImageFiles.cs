namespace Tessera.Ir.Evaluate.Images;

/// <summary>Image files told apart by their first bytes.</summary>
internal static class ImageFiles
{
    /// <summary>The image; null where nobody here reads the format.</summary>
    /// <exception cref="TesseraException">TSR0307: the file is damaged, or of a kind of its format that is not read.</exception>
    public static PixelImage? Read(byte[] file)
    {
        try
        {
            return file switch
            {
                [(byte)'B', (byte)'M', ..] => BmpFile.Read(file),
                [(byte)'P', >= (byte)'2' and <= (byte)'6', ..] => PnmFile.Read(file),
                [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => PngFile.Read(file),
                [0xFF, 0xD8, ..] => new JpegFile(file).Read(),
                [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => new TiffFile(file).Read(),
                _ => null,
            };
        }
        catch (Exception error) when (error is InvalidDataException or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw new TesseraException("TSR0307", "", $"the image cannot be read: {error.Message}", inner: error);
        }
    }
}
