namespace Tessera.Ir.Evaluate.Images;

/// <summary>Components of a JPEG at the size of the image, and as red, green and blue (JFIF: BT.601, full range).</summary>
internal static class JpegColours
{
    private const int Bits = 16;

    public static PixelImage Join(int width, int height, JpegComponent[] components)
    {
        byte[][] planes = [.. components.Select(c => Enlarged(c, width, height))];
        PixelImage image = PixelImage.Blank(width, height, components.Length);
        for (int i = 0; i < width * height; i++)
        {
            if (image.IsGray)
            {
                image.Data[i] = planes[0][i];
                continue;
            }

            (int y, int cb, int cr) = (planes[0][i], planes[1][i] - 128, planes[2][i] - 128);
            image.Data[3 * i] = Clamped(y + (((Fixed(1.40200) * cr) + Half) >> Bits));
            image.Data[(3 * i) + 1] = Clamped(y + (((-Fixed(0.34414) * cb) + Half - (Fixed(0.71414) * cr)) >> Bits));
            image.Data[(3 * i) + 2] = Clamped(y + (((Fixed(1.77200) * cb) + Half) >> Bits));
        }

        return image;
    }

    private const int Half = 1 << (Bits - 1);

    private static int Fixed(double value) => (int)((value * (1 << Bits)) + 0.5);

    private static byte Clamped(int value) => (byte)Math.Clamp(value, 0, 255);

    // Twice as wide: three parts of the nearer sample and one of the other. Whatever is enlarged otherwise is repeated.
    private static byte[] Enlarged(JpegComponent c, int width, int height)
    {
        byte[] plane = new byte[width * height];
        int[] row = new int[c.Width];
        for (int y = 0; y < height; y++)
        {
            int near = y / c.Scale.Down;
            int other = Math.Clamp(c.Scale == (2, 2) ? y % 2 == 0 ? near - 1 : near + 1 : near, 0, c.Height - 1);
            for (int x = 0; x < c.Width; x++)
            {
                row[x] = (c.Samples[(near * c.Stride) + x] * 3) + c.Samples[(other * c.Stride) + x];
            }

            for (int x = 0; x < width; x++)
            {
                plane[(y * width) + x] = c.Scale switch
                {
                    (2, 2) when c.Width > 2 => (byte)Mixed(row, x, 4, 8, 7),
                    (2, 1) when c.Width > 2 => (byte)Mixed(row, x, 4, 4, 8),
                    _ => c.Samples[(near * c.Stride) + (x / c.Scale.Across)],
                };
            }
        }

        return plane;
    }

    // Samples hold four parts; the sum has sixteen, and the ends are taken fourfold.
    private static int Mixed(int[] row, int x, int shift, int left, int right)
    {
        int at = x / 2;
        int other = x % 2 == 0 ? at - 1 : at + 1;
        int sum = other < 0 || other >= row.Length ? row[at] * 4 : (row[at] * 3) + row[other];
        return (sum + (x % 2 == 0 ? left : right)) >> shift;
    }
}
