using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Compiler.Inspect;
using Tessera.Compiler.Report;
using Tessera.Ir;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera inspect FILE</c></summary>
internal sealed class InspectCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A .onnx model or a .ir text." };
    private readonly Option<string[]> _sizes = new("--size") { Description = "Value of a symbolic size for the totals: n=256. May be repeated." };
    private readonly Option<string?> _page = new("--report") { Description = "Writes a page with a picture of the graph: report.html, or report.md with .svg files beside it." };
    private readonly Option<bool> _json = new("--json") { Description = "Prints everything as JSON." };
    private readonly LimitOptions _limits = new();

    public static Command Create(Terminal terminal)
    {
        InspectCommand c = new();
        Command command = new("inspect", "Inputs, outputs, ops, parameters, FLOPs, memory and element types of a model.") { c._file, c._sizes, c._page, c._json };
        c._limits.AddTo(command);
        command.SetAction(result => c.Run(result, terminal));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal)
    {
        string path = result.GetValue(_file)!;
        string? page = result.GetValue(_page) is { } given ? ReportFile.CheckPath(given) : null;
        using GraphFile file = GraphFile.Open(path, _limits.Of(result));
        (OnnxModel? model, Graph graph) = (file.Model, file.Graph);
        GraphReport report = GraphReport.Of(graph);
        Dictionary<string, long> sizes = ParseSizes(result.GetValue(_sizes) ?? [], report.Symbols);
        KeyValuePair<string, string>[] facts = model is null ? [] : [.. Facts(model)];
        if (page is not null)
        {
            InspectionReport.Of(graph, Path.GetFileName(path), facts).Save(page);
        }

        if (result.GetValue(_json))
        {
            Json.Write(terminal, Row(report, facts, sizes));
        }
        else
        {
            Show(terminal, report, facts, sizes);
        }

        return Guard.Success;
    }

    private static IEnumerable<KeyValuePair<string, string>> Facts(OnnxModel model)
    {
        yield return new("nodes in the file", Figure.Number(model.Nodes));
        yield return new("opsets", string.Join(", ", model.Opsets.Select(static o => $"{o.Key} {o.Value}")));
        foreach (KeyValuePair<string, string> fact in model.Description)
        {
            yield return fact;
        }

        if (model.Functions.Count > 0)
        {
            yield return new("functions", string.Join(", ", model.Functions));
        }

        foreach (KeyValuePair<string, string> pair in model.Graph.Metadata.OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            yield return new($"metadata {pair.Key}", pair.Value);
        }

        if (model.Notes.Carried.Count > 0)
        {
            yield return new("carried through", $"{model.Notes.Carried.Count} nodes, the first {model.Notes.Carried[0].Node}: {model.Notes.Carried[0].Op}");
        }
    }

    private static Dictionary<string, long> ParseSizes(string[] sizes, IReadOnlyCollection<string> symbols)
    {
        Dictionary<string, long> parsed = [];
        foreach (string size in sizes)
        {
            string[] parts = size.Split('=');
            if (parts.Length == 2 && !symbols.Contains(parts[0]))
            {
                throw new TesseraException("TSR1209", "--size", $"the model has no size called '{parts[0]}'.",
                    symbols.Count == 0 ? "Its sizes are all fixed." : $"It has {string.Join(", ", symbols)}.");
            }

            parsed[parts[0]] = parts.Length == 2 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                ? value
                : throw new TesseraException("TSR1208", "--size", $"'{size}' is no size.", "Write a name and a number: n=256.");
        }

        return parsed;
    }

    private static object Row(GraphReport report, KeyValuePair<string, string>[] facts, Dictionary<string, long> sizes) => new
    {
        name = report.Name,
        model = facts.ToDictionary(),
        inputs = report.Inputs.Select(static i => new { name = i.Name, type = i.Type.ToString() }),
        outputs = report.Outputs.Select(static o => new { name = o.Name, type = o.Type.ToString() }),
        parameters = report.Parameters,
        weightBytes = report.WeightBytes,
        flops = Formula(report.Flops, sizes),
        packedFlopsPerPair = Formula(report.PackedFlopsPerPair, sizes),
        uncountedLoops = report.UntoldMacs,
        activationBytes = Formula(report.ActivationBytes, sizes),
        types = report.Types.Select(static t => new { type = t.DType.Text(), values = t.Values, weightBytes = t.WeightBytes }),
        ops = report.Ops.ToDictionary(static o => o.Op, static o => o.Count),
        sizes = report.Symbols,
    };

    private static object? Formula(Dim? formula, Dictionary<string, long> sizes) =>
        formula is null ? null : formula.Symbols.All(sizes.ContainsKey) ? Figure.At(formula, s => sizes[s]) : formula.ToString();

    private static void Show(Terminal terminal, GraphReport report, KeyValuePair<string, string>[] facts, Dictionary<string, long> sizes)
    {
        Table table = new Table().Title(Markup.Escape(report.Name)).AddColumns("what", "value").HideHeaders();
        void Row(string what, string value) => table.AddRow(Markup.Escape(what), Markup.Escape(value));
        Array.ForEach(facts, f => Row(f.Key, f.Value));
        foreach ((string name, IrType type) in report.Inputs)
        {
            Row("input", $"{name}: {type}");
        }

        foreach ((string name, IrType type) in report.Outputs)
        {
            Row("output", $"{name}: {type}");
        }

        Row("parameters", $"{Figure.Number(report.Parameters)} in {ByteCount.Text(report.WeightBytes)}");
        Row("FLOPs", Total(report.Flops, sizes, Figure.Number));
        if (report.PackedFlopsPerPair is not { ConstValue: 0 })
        {
            Row("FLOPs of packed attention", $"{Total(report.PackedFlopsPerPair, sizes, Figure.Number)} for each pair of tokens of one example");
        }

        if (report.UntoldMacs > 0)
        {
            Row("FLOPs not counted", $"the insides of {report.UntoldMacs} loops or branches, whose rounds or sizes only a run can tell");
        }

        Row("activations", Total(report.ActivationBytes, sizes, ByteCount.Text));
        foreach (TypeUse type in report.Types)
        {
            Row($"of type {type.DType.Text()}", $"{Figure.Number(type.Values)} values, {ByteCount.Text(type.WeightBytes)} of weights");
        }

        foreach ((string op, int count) in report.Ops)
        {
            Row(op, count.ToString(CultureInfo.InvariantCulture));
        }

        terminal.Results.Write(table);
    }

    // The formula, and its value where every symbol of it is given.
    private static string Total(Dim? formula, Dictionary<string, long> sizes, Func<long?, string> show) =>
        formula is null ? show(null) : formula.Symbols.All(sizes.ContainsKey) ? show(Figure.At(formula, s => sizes[s])) : formula.ToString();
}
