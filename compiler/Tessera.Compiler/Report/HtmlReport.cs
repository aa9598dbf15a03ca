using System.Text;
using Tessera.Compiler.Draw;

namespace Tessera.Compiler.Report;

/// <summary>Writes a report as one HTML page that needs no other file and runs nothing.</summary>
internal static class HtmlReport
{
    private const string Style =
        """
        body { font: 15px/1.5 "DejaVu Sans", Verdana, Arial, sans-serif; color: #1b1f24; margin: 2em auto; max-width: 1200px; padding: 0 1.5em; }
        h1 { font-size: 1.6em; } h2 { font-size: 1.25em; margin-top: 2em; border-bottom: 1px solid #d5d9df; } h3 { font-size: 1.05em; }
        table { border-collapse: collapse; margin: .6em 0 1.2em; font-size: .9em; } th, td { border: 1px solid #d5d9df; padding: .25em .7em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
        th { background: #eef1f5; } td:first-child { font-weight: 600; overflow-wrap: normal; }
        figure { margin: 1em 0; border: 1px solid #d5d9df; max-height: 85vh; overflow: auto; } figcaption { position: sticky; left: 0; padding: .4em .8em; background: #f6f7f9; }
        """;

    public static string Write(string title, IEnumerable<ReportBlock> blocks)
    {
        StringBuilder page = new();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>").Append(SvgText.Escape(title)).Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n");
        foreach (ReportBlock block in blocks)
        {
            Write(page, block);
        }

        return page.Append("</body>\n</html>\n").ToString().ReplaceLineEndings("\n");
    }

    private static void Write(StringBuilder page, ReportBlock block)
    {
        switch (block)
        {
            case ReportBlock.Heading h:
                page.Append($"<h{h.Level}>{SvgText.Escape(h.Text)}</h{h.Level}>\n");
                break;
            case ReportBlock.Line line:
                page.Append($"<p>{SvgText.Escape(line.Text)}</p>\n");
                break;
            case ReportBlock.Table table:
                page.Append("<table>\n<tr>").AppendJoin("", table.Columns.Select(static c => $"<th>{SvgText.Escape(c)}</th>")).Append("</tr>\n");
                foreach (IReadOnlyList<string> row in table.Rows)
                {
                    page.Append("<tr>").AppendJoin("", row.Select(static c => $"<td>{SvgText.Escape(c)}</td>")).Append("</tr>\n");
                }

                page.Append("</table>\n");
                break;
            case ReportBlock.Picture picture:
                page.Append($"<figure>\n<figcaption>{SvgText.Escape(picture.Title)}</figcaption>\n{picture.Svg}</figure>\n");
                break;
        }
    }
}
