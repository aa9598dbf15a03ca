using SkiaSharp;
using Spectre.Console;
using Tessera.Examples.Images;

namespace MoeRouting;

/// <summary>Draws routing: a colour and a character for each expert, and none for what is dropped.</summary>
internal static class Picture
{
    private const string Characters = "0123456789abcdefghijklmnopqrstuv";
    private const int Gap = 8;

    /// <summary>Images one below the other: as they are, then once for each block with experts, grey, its patches in the colour of their first expert.</summary>
    public static void Save(string path, IReadOnlyList<(PatchedImage Image, Routed Routed)> images, int blocks, int k, int experts)
    {
        int width = images.Max(static i => i.Image.Columns * i.Image.Patch) + Gap;
        int height = images.Sum(static i => (i.Image.Rows * i.Image.Patch) + Gap);
        using SKBitmap bitmap = new(new SKImageInfo((width * (blocks + 1)) - Gap, height - Gap));
        using SKCanvas canvas = new(bitmap);
        canvas.Clear(SKColors.White);
        int top = 0;
        foreach ((PatchedImage image, Routed routed) in images)
        {
            for (int block = -1; block < blocks; block++)
            {
                for (int t = 0; t < image.Tokens; t++)
                {
                    int x = ((block + 1) * width) + ((int)image.ColumnIndices[t] * image.Patch);
                    int y = top + ((int)image.RowIndices[t] * image.Patch);
                    DrawPatch(canvas, image, t, x, y, block < 0 ? SKColor.Empty : Colour(routed.Experts[t][block * k], experts).WithAlpha(150));
                }
            }

            top += (image.Rows * image.Patch) + Gap;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 90);
    }

    /// <summary>The patches of an image as characters, that of the first expert for each and '·' where it was dropped.</summary>
    public static void Print(PatchedImage image, Routed routed, int block, int k, int experts)
    {
        for (int r = 0; r < image.Rows; r++)
        {
            AnsiConsole.MarkupLine(string.Concat(Enumerable.Range(r * image.Columns, image.Columns).Select(t => Cell(routed.Experts[t][block * k], experts))));
        }
    }

    /// <summary>Experts as rows and tokens as columns: '█' where a token's first expert is, '▒' where its second.</summary>
    public static void PrintTable(Routed routed, int experts)
    {
        for (long e = 0; e < experts; e++)
        {
            string row = string.Concat(routed.Experts.Select(t => t[0] == e ? '█' : t.Contains(e) ? '▒' : '·'));
            AnsiConsole.MarkupLine($"  expert {e} [#{Hex(e, experts)}]{row}[/] {routed.Experts.Count(t => t.Contains(e))}");
        }
    }

    private static string Cell(long expert, int experts) => expert < 0 ? "· " : $"[black on #{Hex(expert, experts)}]{Characters[(int)expert % Characters.Length]} [/]";

    private static string Hex(long expert, int experts) => Colour(expert, experts).ToString()[3..];

    // Hues as far from one another as they can be, neighbours of unlike brightness; what was dropped is black.
    private static SKColor Colour(long expert, int experts) => expert < 0 ? SKColors.Black : SKColor.FromHsv(360f * expert / experts, 85, expert % 2 == 0 ? 95 : 65);

    private static void DrawPatch(SKCanvas canvas, PatchedImage image, int token, int x, int y, SKColor over)
    {
        using SKPaint paint = new();
        byte Channel(int at) => (byte)Math.Clamp((image.Patches[at] + 1) * 127.5f, 0, 255);
        int first = token * image.Patch * image.Patch * 3;
        for (int i = 0; i < image.Patch * image.Patch; i++)
        {
            int at = first + (3 * i);
            byte grey = (byte)((Channel(at) + Channel(at + 1) + Channel(at + 2)) / 3);
            paint.Color = over == SKColor.Empty ? new SKColor(Channel(at), Channel(at + 1), Channel(at + 2)) : new SKColor(grey, grey, grey);
            canvas.DrawRect(x + (i % image.Patch), y + (i / image.Patch), 1, 1, paint);
        }

        paint.Color = over;
        canvas.DrawRect(x, y, image.Patch, image.Patch, paint);
    }
}
