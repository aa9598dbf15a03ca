using SkiaSharp;
using Tessera.Examples.Images;

namespace Ocr;

/// <summary>A page with text at several sizes, in two colours, one line of it upside down.</summary>
public static class Page
{
    private const int Width = 640;
    private const float Margin = 28;

    private static readonly (string Text, float Height, bool IsTurned)[] s_lines =
    [
        ("TESSERA 2026", 44, false),
        ("MODELS GO IN", 32, false),
        ("BETTER MODELS COME OUT", 22, false),
        ("HALF THE NODES AND FASTER", 16, false),
        ("UPSIDE DOWN", 28, true),
        ("SMALL PRINT STAYS READABLE", 13, false),
    ];

    /// <summary>What it says.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. s_lines.SelectMany(static l => l.Text.Split(' '))];

    /// <summary>How many words were not read. Where a space stands is not counted: how wide one is, is a matter of the font.</summary>
    public static int Missing(IEnumerable<TextLine> lines)
    {
        string letters = string.Concat(lines.Select(static l => l.Text.Replace(" ", "", StringComparison.Ordinal)));
        return Words.Count(w => !letters.Contains(w, StringComparison.Ordinal));
    }

    public static RgbImage Image { get; } = Draw();

    private static RgbImage Draw()
    {
        int height = (int)s_lines.Sum(static l => l.Height + Margin + (l.Height / 2)) + (int)(2 * Margin);
        using SKBitmap bitmap = new(new SKImageInfo(Width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        using SKCanvas canvas = new(bitmap);
        canvas.Clear(SKColors.White);
        float y = Margin;
        foreach ((string text, float size, bool turned) in s_lines)
        {
            canvas.Save();
            if (turned)
            {
                canvas.RotateDegrees(180, Margin + (StrokeFont.Width(text, size) / 2), y + (size / 2));
            }

            StrokeFont.Draw(canvas, text, Margin, y, size, turned ? SKColors.DarkRed : SKColors.Black);
            canvas.Restore();
            y += size + Margin + (size / 2);
        }

        canvas.Flush();
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        float[] pixels = new float[3 * Width * height];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (rgba[(i / 3 * 4) + (i % 3)] / 127.5f) - 1;
        }

        return new RgbImage("a drawn page", Width, height, pixels);
    }
}
