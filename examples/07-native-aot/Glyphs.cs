namespace Tessera.Examples.NativeAot;

/// <summary>Ten digits of 5 × 7 pixels.</summary>
internal static class Glyphs
{
    public const int Width = 5;
    public const int Height = 7;

    private static readonly string[] s_rows =
    [
        ".###. ..#.. .###. ##### ...#. ##### ..##. ##### .###. .###.",
        "#...# .##.. #...# ...#. ..##. #.... .#... ....# #...# #...#",
        "#..## ..#.. ....# ..#.. .#.#. ####. #.... ...#. #...# #...#",
        "#.#.# ..#.. ...#. ...#. #..#. ....# ####. ..#.. .###. .####",
        "##..# ..#.. ..#.. ....# ##### ....# #...# .#... #...# ....#",
        "#...# ..#.. .#... #...# ...#. #...# #...# .#... #...# ...#.",
        ".###. .###. ##### .###. ...#. .###. .###. .#... .###. .##..",
    ];

    /// <summary>The pixels of some digits, one after another, each a row of zeros and ones.</summary>
    public static float[] Draw(string digits) =>
        [.. from digit in digits from row in s_rows from x in Enumerable.Range(0, Width) select row[((digit - '0') * (Width + 1)) + x] == '#' ? 1f : 0f];

    /// <summary>Pixels as text, one line a row.</summary>
    public static IEnumerable<string> Show(float[] pixels) =>
        from y in Enumerable.Range(0, Height)
        select string.Join(' ', pixels.Chunk(Width * Height).Select(glyph => string.Concat(glyph.Skip(y * Width).Take(Width).Select(static p => p > 0 ? '#' : '.'))));
}
