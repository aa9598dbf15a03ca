namespace Tessera.Ir.Evaluate.Images;

/// <summary>Portable pix and gray maps, as text (P2, P3) or bytes (P5, P6), of up to 255 shades.</summary>
internal static class PnmFile
{
    public static PixelImage Read(byte[] file)
    {
        int at = 2;
        (int width, int height, int most) = (Number(file, ref at), Number(file, ref at), Number(file, ref at));
        char kind = (char)file[1];
        if (kind == '4' || most is < 1 or > 255)
        {
            throw new InvalidDataException($"P{kind} with {most} shades is not read.");
        }

        PixelImage image = PixelImage.Blank(width, height, kind is '3' or '6' ? 3 : 1);
        at++;
        for (int i = 0; i < image.Data.Length; i++)
        {
            int sample = kind is '5' or '6' ? file[at++] : Number(file, ref at);
            image.Data[i] = (byte)(most == 255 ? sample : ((sample * 255) + (most / 2)) / most);
        }

        return image;
    }

    private static int Number(byte[] file, ref int at)
    {
        while (file[at] is (byte)'#' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at = file[at] == '#' ? Array.IndexOf(file, (byte)'\n', at) + 1 : at + 1;
            if (at == 0)
            {
                throw new InvalidDataException("a comment does not end.");
            }
        }

        int value = 0;
        int start = at;
        for (; at < file.Length && file[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            value = checked((value * 10) + file[at] - '0');
        }

        return at > start ? value : throw new InvalidDataException("a number is missing.");
    }
}
