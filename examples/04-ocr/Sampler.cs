using Tessera.Examples.Images;

namespace Ocr;

/// <summary>Parts of images at other sizes, channel by channel as convolutional networks take them.</summary>
public static class Sampler
{
    /// <summary>The box as <c>[3, height, width]</c> from −1 to 1, bilinear; what lies outside the image is its edge.</summary>
    public static float[] Take(RgbImage image, Box box, int width, int height)
    {
        float[] planes = new float[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            double row = Math.Clamp(box.Top + ((y + 0.5) * box.Height / height) - 0.5, 0, image.Height - 1);
            for (int x = 0; x < width; x++)
            {
                double column = Math.Clamp(box.Left + ((x + 0.5) * box.Width / width) - 0.5, 0, image.Width - 1);
                for (int channel = 0; channel < 3; channel++)
                {
                    planes[(((channel * height) + y) * width) + x] = At(image, row, column, channel);
                }
            }
        }

        return planes;
    }

    /// <summary>Turned by half a circle.</summary>
    public static float[] Turn(float[] planes)
    {
        float[] turned = new float[planes.Length];
        int plane = planes.Length / 3;
        for (int channel = 0; channel < 3; channel++)
        {
            planes.AsSpan(channel * plane, plane).CopyTo(turned.AsSpan(channel * plane));
            turned.AsSpan(channel * plane, plane).Reverse();
        }

        return turned;
    }

    private static float At(RgbImage image, double row, double column, int channel)
    {
        (int top, int left) = ((int)row, (int)column);
        (int bottom, int right) = (Math.Min(top + 1, image.Height - 1), Math.Min(left + 1, image.Width - 1));
        (float down, float along) = ((float)(row - top), (float)(column - left));
        float above = image[top, left][channel] + (along * (image[top, right][channel] - image[top, left][channel]));
        float below = image[bottom, left][channel] + (along * (image[bottom, right][channel] - image[bottom, left][channel]));
        return above + (down * (below - above));
    }
}
