using Tessera.Compiler.Draw;
using Tessera.Compiler.Inspect;
using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Report;

/// <summary>What reports say of a graph.</summary>
internal static class ModelBlocks
{
    private const int LongestFormula = 90;
    private const long Standard = 64;
    private const int SmallestRegion = 5;
    private const int MostRegions = 6;

    /// <summary>A formula; where it is long, its value when every size is the same.</summary>
    public static string Total(Dim? formula, Func<long?, string> show)
    {
        if (formula is null || formula.ConstValue is not null)
        {
            return show(formula?.ConstValue);
        }

        string text = formula.ToString();
        return text.Length <= LongestFormula ? text : $"{show(Figure.At(formula, static _ => Standard))} where every open size is {Standard}";
    }

    /// <summary>Rows that a graph fills: name and value.</summary>
    public static IEnumerable<(string What, string Value)> Rows(GraphReport report)
    {
        yield return ("ops", Figure.Number(report.Ops.Sum(static o => o.Count)));
        yield return ("kinds of ops", Figure.Number(report.Ops.Count));
        yield return ("parameters", Figure.Number(report.Parameters));
        yield return ("bytes of weights", ByteCount.Text(report.WeightBytes));
        yield return ("FLOPs", Total(report.Flops, Figure.Number));
        if (report.UntoldMacs > 0)
        {
            yield return ("FLOPs not counted", $"insides of {report.UntoldMacs} loops or branches");
        }

        yield return ("bytes of activations", Total(report.ActivationBytes, ByteCount.Text));
        yield return ("values by element type", Types(report, static t => t.Values, Figure.Number));
        yield return ("weights by element type", Types(report, static t => t.WeightBytes, ByteCount.Text));
    }

    /// <summary>The picture of a graph, and pictures of its largest branches and loop bodies.</summary>
    public static IEnumerable<ReportBlock> Graph(string name, string title, Graph graph, Func<Op, bool> isMarked)
    {
        yield return Picture(name, title, GraphView.Of(graph, isMarked));
        (Op Op, int Index, Region Region)[] inside = [.. RegionCost.All(graph.PostOrder())
            .SelectMany(static op => op is IRegionOp { Regions: var regions } ? regions.Select((r, i) => (op, i, r)) : [])
            .Select(static r => (r, Count: GraphView.Ops(r.r.Results).Length))
            .Where(static r => r.Count >= SmallestRegion)
            .OrderByDescending(static r => r.Count)
            .Take(MostRegions)
            .Select(static r => r.r)];
        for (int i = 0; i < inside.Length; i++)
        {
            (Op op, int index, Region region) = inside[i];
            yield return Picture($"{name}.inside{i + 1}", $"Inside {op.Schema.Name} {Explain.Place.Of(op)}, {(index == 0 ? "first" : "second")} of {((IRegionOp)op).Regions.Count}", GraphView.Of(region, isMarked));
        }
    }

    private static ReportBlock.Picture Picture(string name, string title, DrawnGraph drawn) =>
        new(name, drawn.Caption is null ? title : $"{title}: {drawn.Caption}", SvgGraph.Draw(drawn));

    private static string Types(GraphReport report, Func<TypeUse, long?> of, Func<long?, string> show) =>
        report.Types.Where(t => of(t) is not 0).Select(t => $"{t.DType.Text()} {show(of(t))}").ToArray() is [_, ..] used ? string.Join(", ", used) : "none";
}
