using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tessera.Compiler.Inspect;
using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Onnx;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera inspect FILE</c></summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "A .onnx model or a .ir text." };
        Option<string[]> sizes = new("--size") { Description = "Value of a symbolic size for the totals: n=256. May be repeated." };
        Command command = new("inspect", "Inputs, outputs, ops, parameters, FLOPs and memory of a model.") { file, sizes };
        command.SetAction(result =>
        {
            string path = result.GetValue(file)!;
            GraphReport report = GraphReport.Of(Read(path));
            Show(terminal, report, ParseSizes(result.GetValue(sizes) ?? [], report.Symbols));
            return Guard.Success;
        });
        return command;
    }

    internal static Graph Read(string path)
    {
        Existing(path);
        return Path.GetExtension(path).Equals(".ir", StringComparison.OrdinalIgnoreCase) ? Parser.Parse(File.ReadAllText(path), path) : ReadModel(path);
    }

    /// <summary>The path of a file that is there.</summary>
    internal static string Existing(string path) => File.Exists(path)
        ? path
        : throw new TesseraException("TSR1207", path, Directory.Exists(path) ? "this is a folder, not a file." : "there is no such file.");

    private static Graph ReadModel(string path)
    {
        using ExternalDataReader external = new(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using LoadedModel loaded = ModelFile.Load(path);
        return OnnxReader.Read(loaded.Model, external, path);
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

    private static void Show(Terminal terminal, GraphReport report, Dictionary<string, long> sizes)
    {
        Table table = new Table().Title(Markup.Escape(report.Name)).AddColumns("what", "value").HideHeaders();
        void Row(string what, string value) => table.AddRow(Markup.Escape(what), Markup.Escape(value));
        foreach ((string name, IrType type) in report.Inputs)
        {
            Row("input", $"{name}: {type}");
        }

        foreach ((string name, IrType type) in report.Outputs)
        {
            Row("output", $"{name}: {type}");
        }

        Row("parameters", $"{report.Parameters.ToString("N0", CultureInfo.InvariantCulture)} in {Bytes(report.WeightBytes)}");
        Row("FLOPs", Total(report.Macs * 2, sizes, static v => v.ToString("N0", CultureInfo.InvariantCulture)));
        if (!report.PackedMacsPerPair.Equals(Dim.Const(0)))
        {
            Row("FLOPs of packed attention", $"{Total(report.PackedMacsPerPair * 2, sizes, static v => v.ToString("N0", CultureInfo.InvariantCulture))} for each pair of tokens of one example");
        }

        if (report.UntoldMacs > 0)
        {
            Row("FLOPs not counted", $"the insides of {report.UntoldMacs} loops or branches, whose rounds or sizes only a run can tell");
        }

        Row("activations", Total(report.ActivationBytes, sizes, Bytes));
        foreach ((string op, int count) in report.Ops)
        {
            Row(op, count.ToString(CultureInfo.InvariantCulture));
        }

        terminal.Results.Write(table);
    }

    // The formula, and its value where every symbol of it is given.
    private static string Total(Dim formula, Dictionary<string, long> sizes, Func<long, string> show) =>
        formula.Symbols.All(sizes.ContainsKey) ? show(formula.Evaluate(s => sizes[s])) : formula.ToString();

    private static string Bytes(long count) => count switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{count / (double)(1L << 30):F2} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{count / (double)(1L << 20):F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1024.0:F1} KiB"),
    };
}
