using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Compiler.Explain;
using Tessera.Compiler.Report;
using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera optimize IN -o OUT</c></summary>
internal sealed class OptimizeCommand
{
    private const int MostShown = 10;

    private readonly OptimizeArguments _arguments = new();
    private readonly Option<string> _output = new("-o", "--output") { Required = true, Description = "The .onnx file to write." };
    private readonly Option<bool> _verify = new("--verify") { Description = "Replays every rewritten site against its original." };
    private readonly Option<string?> _report = new("--report") { Description = "Writes a page about what was done and why, with pictures: report.html, or report.md with .svg files beside it." };
    private readonly Option<string[]> _require = new("--require")
    {
        Description = "Writes nothing and exits with 4 where a rule fires less often: fuse-attention:12, or fuse-attention for once. May be repeated.",
    };

    public static Command Create(Terminal terminal)
    {
        OptimizeCommand c = new();
        Command command = new("optimize", "Reads an ONNX model, rewrites it for a target and writes it again.")
        {
            c._arguments.Input, c._output, c._arguments.Target, c._arguments.Opset, c._verify, c._require, c._report,
        };
        c._arguments.Limits.AddTo(command);
        command.SetAction((result, cancellation) => Task.Run(() => c.Run(result, terminal, cancellation), cancellation));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string output = result.GetValue(_output)!;
        (string Rule, int Times)[] required = [.. (result.GetValue(_require) ?? []).Select(Requirement)];
        string? page = result.GetValue(_report) is { } path ? ReportFile.CheckPath(path) : null;
        using OnnxModel model = _arguments.Load(result);
        CompiledModel optimized = terminal.Show(progress =>
        {
            CompiledModel compiled = model.Optimize(_arguments.Options(result, progress, result.GetValue(_verify)));
            compiled.Report.Require(required);
            progress("write");
            compiled.Save(output, cancellation);
            return compiled;
        });
        IReadOnlyList<CompileWarning> warnings = optimized.FindWarnings(cancellation);
        TellNotes(terminal, model.Notes, warnings);
        if (page is not null)
        {
            terminal.Show(progress =>
            {
                progress("report");
                OptimizationReport.Of(model, optimized, new ReportOptions { Warnings = warnings }).Save(page);
                return page;
            });
        }

        if (result.GetValue(_verify))
        {
            terminal.Results.MarkupLineInterpolated(
                $"[green]verified[/] {optimized.Replayed.Count(static r => r.Holds)} rewritten sites on {optimized.Replayed.Sum(static r => r.Cases)} inputs");
        }

        terminal.Results.MarkupLineInterpolated($"[green]wrote[/] {output}: {optimized.Nodes} nodes from {model.Nodes}, {watch.Elapsed.TotalSeconds:F1} s");
        return Guard.Success;
    }

    private static void TellNotes(Terminal terminal, ReadNotes notes, IReadOnlyList<CompileWarning> warnings)
    {
        foreach (CarriedNode node in notes.Carried.Take(MostShown))
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]carried[/] {node.Node}: {node.Op}: {node.Reason}");
        }

        if (notes.Carried.Count > MostShown)
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]carried[/] {notes.Carried.Count - MostShown} more nodes");
        }

        foreach (string key in notes.RepeatedKeys)
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]warning[/] TSR1219 metadata: the key '{key}' is given more than once; the last value is kept.");
        }

        foreach (CompileWarning warning in warnings)
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]warning[/] {warning}");
        }
    }

    private static (string Rule, int Times) Requirement(string text)
    {
        string[] parts = text.Split(':');
        int times = 1;
        return parts.Length == 1 || (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out times))
            ? (RuleNames.Check(parts[0]), times)
            : throw new TesseraException("TSR1220", "--require", $"'{text}' asks for nothing.", "Write a rule and how often it must fire: fuse-attention:12.");
    }
}
