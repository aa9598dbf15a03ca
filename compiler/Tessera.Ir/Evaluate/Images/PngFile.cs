using System.Buffers.Binary;
using System.IO.Compression;

namespace Tessera.Ir.Evaluate.Images;

/// <summary>PNG (W3C Recommendation, ISO/IEC 15948) of 8 bits a sample, not interlaced; opacity is left out.</summary>
internal static class PngFile
{
    private const int Signature = 8;

    public static PixelImage Read(byte[] file)
    {
        (int width, int height, int depth, int colour, int interlace) = (0, 0, 0, 0, 0);
        byte[] palette = [];
        using MemoryStream packed = new();
        for (int at = Signature; at + 8 <= file.Length;)
        {
            int length = checked((int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at)));
            ReadOnlySpan<byte> data = file.AsSpan(at + 8, length);
            switch (System.Text.Encoding.ASCII.GetString(file, at + 4, 4))
            {
                case "IHDR":
                    (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
                    (depth, colour, interlace) = (data[8], data[9], data[12]);
                    break;
                case "PLTE":
                    palette = data.ToArray();
                    break;
                case "IDAT":
                    packed.Write(data);
                    break;
            }

            at += length + 12;
        }

        int samples = colour switch { 0 or 3 => 1, 4 => 2, 2 => 3, 6 => 4, _ => 0 };
        return depth == 8 && interlace == 0 && samples > 0
            ? Pixels(PixelImage.Blank(width, height, colour is 0 or 4 ? 1 : 3), Unfiltered(packed, width * samples, height, samples), samples, palette)
            : throw new InvalidDataException($"PNG with {depth} bits a sample, colour type {colour} and interlace {interlace} is not read.");
    }

    private static PixelImage Pixels(PixelImage image, byte[] data, int samples, byte[] palette)
    {
        for (int i = 0; i < image.Width * image.Height; i++)
        {
            ReadOnlySpan<byte> pixel = samples == 1 && !image.IsGray ? palette.AsSpan(3 * data[i], 3) : data.AsSpan(i * samples, image.Channels);
            pixel.CopyTo(image.Data.AsSpan(i * image.Channels));
        }

        return image;
    }

    // Each row begins with the number of the filter that its bytes went through.
    private static byte[] Unfiltered(MemoryStream packed, int row, int height, int step)
    {
        packed.Position = 0;
        using ZLibStream stream = new(packed, CompressionMode.Decompress);
        byte[] data = new byte[row * height];
        for (int y = 0; y < height; y++)
        {
            int filter = stream.ReadByte();
            Span<byte> line = data.AsSpan(y * row, row);
            stream.ReadExactly(line);
            for (int x = 0; x < row; x++)
            {
                int left = x >= step ? line[x - step] : 0;
                int up = y > 0 ? data[((y - 1) * row) + x] : 0;
                int corner = x >= step && y > 0 ? data[((y - 1) * row) + x - step] : 0;
                line[x] += (byte)(filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Paeth(left, up, corner), _ => throw new InvalidDataException($"there is no filter {filter}.") });
            }
        }

        return data;
    }

    private static int Paeth(int left, int up, int corner)
    {
        int estimate = left + up - corner;
        (int a, int b, int c) = (Math.Abs(estimate - left), Math.Abs(estimate - up), Math.Abs(estimate - corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }
}
