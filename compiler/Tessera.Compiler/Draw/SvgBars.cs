using System.Globalization;

namespace Tessera.Compiler.Draw;

/// <summary>Draws how often each kind of op stands in one or two graphs, as bars one below the other.</summary>
internal static class SvgBars
{
    private const double Margin = 12;
    private const double Size = 11;
    private const double Bar = 11;
    private const double Longest = 360;

    /// <param name="kinds">Kinds with their counts before and after; after is null for a single graph.</param>
    public static string Draw(IReadOnlyList<(string Op, int Before, int? After)> kinds)
    {
        SvgText svg = new();
        double names = kinds.Select(static k => SvgText.Width(k.Op, Size)).DefaultIfEmpty().Max() + 10;
        double unit = Longest / Math.Max(1, kinds.Select(static k => Math.Max(k.Before, k.After ?? 0)).DefaultIfEmpty().Max());
        double y = Margin;
        foreach ((string op, int before, int? after) in kinds)
        {
            double high = after is null ? Bar : (2 * Bar) + 1;
            svg.Text(Margin + names - 6, y + (high / 2) + 4, op, Size, "end");
            string ground = OpFamilies.Ground(OpFamilies.Of(op));
            One(svg, Margin + names, y, before, unit, after is null ? ground : "#d5d9df");
            if (after is { } count)
            {
                One(svg, Margin + names, y + Bar + 1, count, unit, ground);
            }

            y += high + 7;
        }

        if (kinds.Any(static k => k.After is not null))
        {
            svg.Text(Margin + names, y + 10, "grey: before, colour: after", 10, "start", "#6b7280");
            y += 16;
        }

        return svg.Picture((2 * Margin) + names + Longest + 50, y + Margin);
    }

    private static void One(SvgText svg, double x, double y, int count, double unit, string fill)
    {
        svg.Rectangle(x, y, Math.Max(1, count * unit), Bar, fill, "#8a93a0", 0.6, 1);
        svg.Text(x + Math.Max(1, count * unit) + 5, y + 9.5, count.ToString(CultureInfo.InvariantCulture), 10, "start", "#3d4653");
    }
}
