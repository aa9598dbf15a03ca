using System.Globalization;
using System.Text;

namespace Tessera.Compiler.Draw;

/// <summary>The text of an SVG picture, written element by element; equal pictures have equal text.</summary>
internal sealed class SvgText
{
    private const string Font = "DejaVu Sans, Verdana, Arial, sans-serif";
    private readonly StringBuilder _text = new();

    /// <summary>About how wide a text is drawn, rather more than less.</summary>
    public static double Width(string text, double size) => text.Sum(static c => c is 'i' or 'l' or 'j' or '.' or ',' or ':' or '[' or ']' or ' ' or '|' or '\'' ? 0.38 : c is 'm' or 'w' or 'M' or 'W' or '×' or '…' ? 0.98 : 0.65) * size;

    /// <summary>The text, or its beginning and end where it is long.</summary>
    public static string Short(string text, int most) => text.Length <= most ? text : $"{text[..(most / 2)]}…{text[^((most / 2) - 1)..]}";

    public static string Number(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Text as it may stand between tags and in attributes; what XML forbids is left out.</summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                < ' ' or 0xFFFE or 0xFFFF => escaped.Append(' '),
                _ => escaped.Append(rune),
            };
        }

        return escaped.ToString();
    }

    public void Rectangle(double x, double y, double width, double height, string fill, string stroke, double line = 1, double round = 4) =>
        _text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\" rx=\"{Number(round)}\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{Number(line)}\"/>\n");

    public void Text(double x, double y, string text, double size, string anchor = "middle", string fill = "#1b1f24", bool bold = false) =>
        _text.Append(CultureInfo.InvariantCulture, $"<text x=\"{Number(x)}\" y=\"{Number(y)}\" font-size=\"{Number(size)}\" text-anchor=\"{anchor}\" fill=\"{fill}\"{(bold ? " font-weight=\"bold\"" : "")}>{Escape(text)}</text>\n");

    public void Path(string data, string stroke, bool arrow) =>
        _text.Append(CultureInfo.InvariantCulture, $"<path d=\"{data}\" fill=\"none\" stroke=\"{stroke}\"{(arrow ? " marker-end=\"url(#tip)\"" : "")}/>\n");

    public void Open(string tip) => _text.Append("<g><title>").Append(Escape(tip)).Append("</title>\n");

    public void Close() => _text.Append("</g>\n");

    public string Picture(double width, double height) => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Number(width)}\" height=\"{Number(height)}\" viewBox=\"0 0 {Number(width)} {Number(height)}\" font-family=\"{Font}\">\n<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#5b6573\"/></marker></defs>\n<rect width=\"{Number(width)}\" height=\"{Number(height)}\" fill=\"#ffffff\"/>\n{_text}</svg>\n");
}
