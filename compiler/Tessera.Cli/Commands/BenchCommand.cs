using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tessera.Compiler.Bench;
using Tessera.Ir;
using Tessera.Runtime;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera bench MODEL</c></summary>
internal sealed class BenchCommand
{
    private const int MostRuns = 100_000, MostThreads = 1024;

    private readonly Argument<string> _model = new("MODEL") { Description = "The .onnx model to time." };
    private readonly Option<string> _device = new("--device") { DefaultValueFactory = static _ => Device.Cpu.ToString(), Description = "Where it runs: cpu, cuda or cuda:1." };
    private readonly Option<string?> _against = new("--against") { Description = "Another model of the same inputs: runs of both take turns." };
    private readonly Option<int> _threads = new("--threads") { DefaultValueFactory = static _ => Environment.ProcessorCount, Description = "Threads that work on one op." };
    private readonly Option<string[]> _dims = new("--dim") { Description = "A size of the inputs: total_n=1024. May be repeated; without it, one that fits is chosen." };
    private readonly Option<int> _runs = new("--runs") { DefaultValueFactory = static _ => 20, Description = "Runs of each model that count." };
    private readonly Option<string?> _json = new("--json") { Description = "Also writes the result to this file." };
    private readonly LimitOptions _limits = new();

    public static Command Create(Terminal terminal)
    {
        BenchCommand c = new();
        Command command = new("bench", "Times a model on drawn inputs, or two of them in turn.") { c._model, c._device, c._against, c._threads, c._dims, c._runs, c._json };
        c._limits.AddTo(command);
        command.SetAction(result => c.Run(result, terminal));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal)
    {
        string model = GraphFile.Existing(result.GetValue(_model)!);
        string? against = result.GetValue(_against) is { } other ? GraphFile.Existing(other) : null;
        BenchOptions options = new()
        {
            Device = Device.TryParse(result.GetValue(_device), out Device device) ? device : throw new TesseraException(
                "TSR1233", _device.Name, $"'{result.GetValue(_device)}' is no device.", "Write cpu, cuda or cuda:1."),
            Threads = Within(_threads.Name, result.GetValue(_threads), MostThreads),
            Runs = Within(_runs.Name, result.GetValue(_runs), MostRuns),
            Sizes = Sizes(result.GetValue(_dims) ?? []),
        };
        BenchResult measured = terminal.Show(progress => ModelBenchmark.Run(model, against, options with { Progress = progress }, _limits.Of(result)));
        Print(terminal, measured, options);
        if (result.GetValue(_json) is { } file)
        {
            Json.Save(file, new { Device = options.Device.ToString(), options.Threads, options.Runs, measured.Sizes, measured.Models, measured.Ratio });
        }

        return Guard.Success;
    }

    private static void Print(Terminal terminal, BenchResult measured, BenchOptions options)
    {
        Table table = new Table().AddColumns("model", "median", "quartiles");
        foreach (ModelTimes times in measured.Models)
        {
            table.AddRow(Markup.Escape(times.Model), $"{Number(times.Milliseconds.Median)} ms", $"{Number(times.Milliseconds.Lower)} … {Number(times.Milliseconds.Upper)} ms");
        }

        if (measured.Ratio is { } ratio)
        {
            table.AddRow("the second over the first", $"{Number(ratio.Median)} ×", $"{Number(ratio.Lower)} … {Number(ratio.Upper)} ×");
        }

        terminal.Results.Write(table);
        string sizes = string.Join(", ", measured.Sizes.Select(static s => $"{s.Key} = {s.Value}"));
        terminal.Results.MarkupLineInterpolated($"{options.Device}, {options.Threads} threads, {options.Runs} runs{(sizes.Length > 0 ? ", " : "")}{sizes}");
    }

    private static Dictionary<string, long> Sizes(string[] texts)
    {
        Dictionary<string, long> sizes = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            bool added = text.LastIndexOf('=') is > 0 and var at && long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long size)
                && sizes.TryAdd(text[..at], size);
            if (!added)
            {
                throw new TesseraException("TSR1208", "--dim", $"'{text}' is no size, or one that is given twice.", "Write a name and a number: n=256.");
            }
        }

        return sizes;
    }

    private static int Within(string option, int value, int most) => value >= 1 && value <= most
        ? value
        : throw new TesseraException("TSR1216", option, $"{value} is out of range.", $"It lies in [1, {most}].");

    private static string Number(double value) => value.ToString(value < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture);
}
