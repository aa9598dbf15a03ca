using Tessera.Ir;

namespace Tessera.Compiler.Report;

/// <summary>A report ready to be written.</summary>
public sealed class ReportFile
{
    private readonly string _title;
    private readonly IReadOnlyList<ReportBlock> _blocks;

    internal ReportFile(string title, IReadOnlyList<ReportBlock> blocks) => (_title, _blocks) = (title, blocks);

    /// <summary>Checks that a report can be written under a name, before the work that it reports.</summary>
    /// <exception cref="TesseraException">TSR0972: the name ends neither in <c>.html</c> nor in <c>.md</c>, or no folder is there for it.</exception>
    public static string CheckPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new TesseraException("TSR0972", path, "there is no such folder.", "Make it first.");
        }

        return IsHtml(path) || path.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
            ? path
            : throw new TesseraException("TSR0972", path, "a report is a page of HTML or Markdown.", "Let its name end in .html or .md.");
    }

    /// <summary>Writes the page; pictures of a Markdown page are files beside it, <c>report.after.svg</c>. All of them are replaced, or none.</summary>
    public void Save(string path)
    {
        CheckPath(path);
        if (IsHtml(path))
        {
            AtomicFile.WriteText(path, HtmlReport.Write(_title, _blocks));
            return;
        }

        using FileTransaction transaction = new();
        string stem = Path.GetFileNameWithoutExtension(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (ReportBlock.Picture picture in _blocks.OfType<ReportBlock.Picture>())
        {
            transaction.WriteText(Path.Combine(folder, Name(picture.Name)), picture.Svg);
        }

        transaction.WriteText(path, MarkdownReport.Write(_blocks, Name));
        transaction.Commit();

        string Name(string picture) => $"{stem}.{picture}.svg";
    }

    /// <summary>The page as HTML.</summary>
    public string ToHtml() => HtmlReport.Write(_title, _blocks);

    /// <summary>The page as Markdown, its pictures under names of this stem.</summary>
    public string ToMarkdown(string stem) => MarkdownReport.Write(_blocks, picture => $"{stem}.{picture}.svg");

    private static bool IsHtml(string path) => path.EndsWith(".html", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".htm", StringComparison.OrdinalIgnoreCase);
}
