using System.Globalization;
using Tessera.Compiler.Draw;
using Tessera.Compiler.Inspect;
using Tessera.Ir;

namespace Tessera.Compiler.Report;

/// <summary>What reports say of a graph.</summary>
internal static class ModelBlocks
{
    private const int LongestFormula = 90;
    private const long Standard = 64;

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Bytes(long count) => count switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{count / (double)(1L << 30):F2} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{count / (double)(1L << 20):F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1024.0:F1} KiB"),
    };

    /// <summary>A formula; where it is long, its value when every size is the same.</summary>
    public static string Total(Dim formula, Func<long, string> show)
    {
        if (formula.ConstValue is { } value)
        {
            return show(value);
        }

        string text = formula.ToString();
        return text.Length <= LongestFormula ? text : $"{show(formula.Evaluate(static _ => Standard))} where every open size is {Standard}";
    }

    /// <summary>Rows that a graph fills: name and value.</summary>
    public static IEnumerable<(string What, string Value)> Rows(GraphReport report)
    {
        yield return ("ops", Number(report.Ops.Sum(static o => o.Count)));
        yield return ("kinds of ops", Number(report.Ops.Count));
        yield return ("parameters", Number(report.Parameters));
        yield return ("bytes of weights", Bytes(report.WeightBytes));
        yield return ("FLOPs", Total(report.Macs * 2, Number));
        if (report.UntoldMacs > 0)
        {
            yield return ("FLOPs not counted", $"insides of {report.UntoldMacs} loops or branches");
        }

        yield return ("bytes of activations", Total(report.ActivationBytes, Bytes));
        yield return ("values by element type", Types(report, static t => t.Values, static v => Number(v)));
        yield return ("weights by element type", Types(report, static t => t.WeightBytes, Bytes));
    }

    public static ReportBlock.Picture Graph(string name, string title, Graph graph, Func<Op, bool> isMarked)
    {
        DrawnGraph drawn = GraphView.Of(graph, isMarked);
        return new ReportBlock.Picture(name, drawn.Caption is null ? title : $"{title}: {drawn.Caption}", SvgGraph.Draw(drawn));
    }

    private static string Types(GraphReport report, Func<TypeUse, long> of, Func<long, string> show) =>
        report.Types.Where(t => of(t) > 0).Select(t => $"{t.DType.Text()} {show(of(t))}").ToArray() is [_, ..] used ? string.Join(", ", used) : "none";
}
