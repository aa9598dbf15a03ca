namespace Tessera.Compiler.Report;

/// <summary>A part of a report, to be written as HTML or Markdown.</summary>
internal abstract record ReportBlock
{
    private ReportBlock()
    {
    }

    /// <summary>A heading.</summary>
    public sealed record Heading(int Level, string Text) : ReportBlock;

    /// <summary>A line of text.</summary>
    public sealed record Line(string Text) : ReportBlock;

    /// <summary>A table; its first column names the row.</summary>
    public sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : ReportBlock;

    /// <summary>A picture as SVG; <paramref name="Name"/> tells its file from others where it has one of its own.</summary>
    public sealed record Picture(string Name, string Title, string Svg) : ReportBlock;
}
