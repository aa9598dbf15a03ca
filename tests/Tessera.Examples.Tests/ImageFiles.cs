using System.Buffers.Binary;
using SkiaSharp;

namespace Tessera.Examples.Tests;

/// <summary>A folder of image files of a test's own, gone with it.</summary>
internal sealed class ImageFiles : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("tessera-images-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string Bytes(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Png(string name, int width, int height, Func<int, int, SKColor> colour)
        => Bytes(name, Encode(width, height, colour, SKEncodedImageFormat.Png));

    /// <summary>A JPEG with an EXIF orientation tag, 1 to 8.</summary>
    public string Jpeg(string name, int width, int height, Func<int, int, SKColor> colour, byte orientation)
    {
        var jpeg = Encode(width, height, colour, SKEncodedImageFormat.Jpeg);
        // APP1, its length, "Exif", and a big-endian TIFF of one entry: 0x0112, short, one value.
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return Bytes(name, [.. jpeg[..2], .. exif, .. jpeg[2..]]);
    }

    /// <summary>A PNG header that claims a size, with nothing behind it.</summary>
    public string PngHeader(string name, int width, int height)
    {
        var ihdr = new byte[17];
        "IHDR"u8.CopyTo(ihdr);
        BinaryPrimitives.WriteInt32BigEndian(ihdr.AsSpan(4), width);
        BinaryPrimitives.WriteInt32BigEndian(ihdr.AsSpan(8), height);
        (ihdr[12], ihdr[13]) = (8, 2);
        var crc = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc(ihdr));
        byte[] end = [0, 0, 0, 0, .. "IEND"u8, 0xAE, 0x42, 0x60, 0x82];
        return Bytes(name, [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. ihdr, .. crc, .. "\0\0\0\0IDAT"u8, 0x35, 0xAF, 0x06, 0x1E, .. end]);
    }

    private static byte[] Encode(int width, int height, Func<int, int, SKColor> colour, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
                bitmap.SetPixel(column, row, colour(row, column));
        using var data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }
        return ~crc;
    }
}
