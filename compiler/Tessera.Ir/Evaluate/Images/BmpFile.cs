using System.Buffers.Binary;

namespace Tessera.Ir.Evaluate.Images;

/// <summary>BMP with 24 or 32 bits a pixel, not compressed.</summary>
internal static class BmpFile
{
    public static PixelImage Read(ReadOnlySpan<byte> file)
    {
        int data = BinaryPrimitives.ReadInt32LittleEndian(file[10..]);
        int width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
        int height = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        int bits = BinaryPrimitives.ReadInt16LittleEndian(file[28..]);
        int compression = BinaryPrimitives.ReadInt32LittleEndian(file[30..]);
        if (bits is not (24 or 32) || compression is not 0)
        {
            throw new InvalidDataException($"BMP with {bits} bits a pixel and compression {compression} is not read.");
        }

        PixelImage image = PixelImage.Blank(width, Math.Abs((long)height), 3);
        int step = bits / 8;
        int row = ((width * step) + 3) / 4 * 4;
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> line = file.Slice(data + ((height > 0 ? image.Height - 1 - y : y) * row), width * step);
            for (int x = 0; x < width; x++)
            {
                int to = ((y * width) + x) * 3;
                (image.Data[to], image.Data[to + 1], image.Data[to + 2]) = (line[(x * step) + 2], line[(x * step) + 1], line[x * step]);
            }
        }

        return image;
    }
}
