using Tessera.Compiler.Draw;
using Tessera.Compiler.Inspect;
using Tessera.Ir;

namespace Tessera.Compiler.Report;

/// <summary>A page about one model.</summary>
public static class InspectionReport
{
    /// <param name="graph">The graph.</param>
    /// <param name="title">Name of the model's file.</param>
    /// <param name="facts">What else is to be said of the file.</param>
    public static ReportFile Of(Graph graph, string title, IEnumerable<KeyValuePair<string, string>> facts)
    {
        GraphReport report = GraphReport.Of(graph);
        return new ReportFile(title,
        [
            new ReportBlock.Heading(1, title),
            new ReportBlock.Table(["", ""],
            [
                .. facts.Select(static f => (string[])[f.Key, f.Value]),
                .. report.Inputs.Select(static i => (string[])[$"input {i.Name}", i.Type.ToString()!]),
                .. report.Outputs.Select(static o => (string[])[$"output {o.Name}", o.Type.ToString()!]),
                .. ModelBlocks.Rows(report).Select(static r => (string[])[r.What, r.Value]),
            ]),
            new ReportBlock.Heading(2, "Ops by kind"),
            new ReportBlock.Picture("ops", "Ops by kind", SvgBars.Draw([.. report.Ops.Select(static o => (o.Op, o.Count, (int?)null))])),
            new ReportBlock.Heading(2, "Graph"),
            .. ModelBlocks.Graph("graph", "Data flows downwards", graph, static _ => false),
        ]);
    }
}
