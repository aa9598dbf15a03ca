using SkiaSharp;

namespace Ocr;

/// <summary>Capitals and digits as strokes on a grid of 4 × 6, for machines that have no fonts.</summary>
public static class StrokeFont
{
    private const float Rows = 6;
    private const float Advance = 5.8f;
    private const float Space = 4.6f;
    private const float Thickness = 0.75f;

    private static readonly Dictionary<char, string> s_strokes = new()
    {
        ['A'] = "M0 6 L2 0 L4 6 M.7 4 L3.3 4",
        ['B'] = "M0 0 L0 6 L2.2 6 C4.6 6 4.6 3 2.2 3 L0 3 M2.2 3 C4 3 4 0 2.2 0 L0 0",
        ['C'] = "M4 1 C3.4 .2 2.8 0 2.2 0 C-.7 0 -.7 6 2.2 6 C2.8 6 3.4 5.8 4 5",
        ['D'] = "M0 0 L0 6 L1.6 6 C5 6 5 0 1.6 0 Z",
        ['E'] = "M4 0 L0 0 L0 6 L4 6 M0 3 L3.2 3",
        ['F'] = "M4 0 L0 0 L0 6 M0 3 L3.2 3",
        ['G'] = "M4 1 C3.4 .2 2.8 0 2.2 0 C-.7 0 -.7 6 2.2 6 C3 6 3.6 5.7 4 5 L4 3.3 L2.4 3.3",
        ['H'] = "M0 0 L0 6 M4 0 L4 6 M0 3 L4 3",
        ['I'] = "M1 0 L3 0 M2 0 L2 6 M1 6 L3 6",
        ['J'] = "M3.4 0 L3.4 4.4 C3.4 6.5 .4 6.5 .2 4.6",
        ['K'] = "M0 0 L0 6 M4 0 L0 3.6 M1.4 2.5 L4 6",
        ['L'] = "M0 0 L0 6 L3.8 6",
        ['M'] = "M0 6 L0 0 L2 4 L4 0 L4 6",
        ['N'] = "M0 6 L0 0 L4 6 L4 0",
        ['O'] = "M2 0 C-.7 0 -.7 6 2 6 C4.7 6 4.7 0 2 0 Z",
        ['P'] = "M0 6 L0 0 L2.2 0 C4.6 0 4.6 3.3 2.2 3.3 L0 3.3",
        ['Q'] = "M2 0 C-.7 0 -.7 6 2 6 C4.7 6 4.7 0 2 0 Z M2.6 4.4 L4.2 6.4",
        ['R'] = "M0 6 L0 0 L2.2 0 C4.6 0 4.6 3.3 2.2 3.3 L0 3.3 M2 3.3 L4 6",
        ['S'] = "M3.8 1 C3.3 .2 2.7 0 2 0 C-.2 0 -.4 2.6 1.6 2.9 L2.6 3.1 C4.6 3.5 4.4 6 2 6 C1.2 6 .5 5.7 0 5",
        ['T'] = "M0 0 L4 0 M2 0 L2 6",
        ['U'] = "M0 0 L0 4 C0 6.7 4 6.7 4 4 L4 0",
        ['V'] = "M0 0 L2 6 L4 0",
        ['W'] = "M0 0 L1 6 L2 2 L3 6 L4 0",
        ['X'] = "M0 0 L4 6 M4 0 L0 6",
        ['Y'] = "M0 0 L2 3 L4 0 M2 3 L2 6",
        ['Z'] = "M0 0 L4 0 L0 6 L4 6",
        ['0'] = "M2 0 C0 0 0 6 2 6 C4 6 4 0 2 0 Z",
        ['1'] = "M.8 1.2 L2 0 L2 6",
        ['2'] = "M.2 1.4 C.4 -.5 3.8 -.5 3.8 1.7 C3.8 3 2 4 0 6 L4 6",
        ['3'] = "M.2 .8 C1.2 -.4 3.7 -.2 3.7 1.5 C3.7 2.6 2.8 2.9 1.6 2.9 C3 2.9 4 3.4 4 4.5 C4 6.4 1 6.5 0 5.2",
        ['4'] = "M3 6 L3 0 L0 4.2 L4 4.2",
        ['5'] = "M3.6 0 L.6 0 L.4 2.7 C1 2.3 1.6 2.2 2 2.2 C4.6 2.2 4.6 6 1.9 6 C1.1 6 .5 5.7 0 5.1",
        ['6'] = "M3.4 .4 C1.4 -.4 .2 1.6 .2 4 C.2 6.7 4 6.7 4 4.1 C4 1.9 1 1.8 .3 3.8",
        ['7'] = "M0 0 L4 0 L1.4 6",
        ['8'] = "M2 2.8 C-.4 2.8 -.2 0 2 0 C4.2 0 4.4 2.8 2 2.8 C4.8 2.8 4.8 6 2 6 C-.8 6 -.8 2.8 2 2.8 Z",
        ['9'] = "M.6 5.6 C2.6 6.4 3.8 4.4 3.8 2 C3.8 -.7 0 -.7 0 1.9 C0 4.1 3 4.2 3.7 2.2",
    };

    /// <summary>Width of a text whose capitals are so high.</summary>
    public static float Width(string text, float height) => (text.Sum(static c => c == ' ' ? Space : Advance) - (Advance - 4)) * height / Rows;

    /// <summary>Draws a text with its upper left corner at a point; letters that there are no strokes for are left out.</summary>
    public static void Draw(SKCanvas canvas, string text, float x, float y, float height, SKColor color)
    {
        using SKPaint paint = new() { Color = color, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = Thickness, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round };
        canvas.Save();
        canvas.Translate(x, y);
        canvas.Scale(height / Rows);
        foreach (char letter in text)
        {
            if (s_strokes.TryGetValue(letter, out string? strokes))
            {
                using SKPath path = SKPath.ParseSvgPathData(strokes);
                canvas.DrawPath(path, paint);
            }

            canvas.Translate(letter == ' ' ? Space : Advance, 0);
        }

        canvas.Restore();
    }
}
