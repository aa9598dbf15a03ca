using System.Text;

namespace Tessera.Compiler.Report;

/// <summary>Writes a report as Markdown; pictures are files beside it, which any viewer shows.</summary>
internal static class MarkdownReport
{
    /// <param name="blocks">What it holds.</param>
    /// <param name="file">Name of the file of a picture, by the picture's name.</param>
    public static string Write(IEnumerable<ReportBlock> blocks, Func<string, string> file)
    {
        StringBuilder page = new();
        foreach (ReportBlock block in blocks)
        {
            _ = block switch
            {
                ReportBlock.Heading h => page.Append(new string('#', h.Level)).Append(' ').Append(Text(h.Text)).Append("\n\n"),
                ReportBlock.Line line => page.Append(Text(line.Text)).Append("\n\n"),
                ReportBlock.Picture picture => page.Append($"![{Text(picture.Title)}]({Uri.EscapeDataString(file(picture.Name))})\n\n"),
                ReportBlock.Table table => page.Append(Row(table.Columns)).Append(Row(table.Columns.Select(static _ => "---"))).AppendJoin("", table.Rows.Select(Row)).Append('\n'),
                _ => throw new InvalidOperationException(block.ToString()),
            };
        }

        return page.ToString();
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells.Select(static c => c == "---" ? c : Text(c)))} |\n";

    // Names of nodes are anything: they must be neither a table's border nor markup.
    private static string Text(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char c in text)
        {
            _ = c switch
            {
                '|' or '*' or '_' or '`' or '[' or ']' or '#' or '\\' or '~' => escaped.Append('\\').Append(c),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                < ' ' => escaped.Append(' '),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
