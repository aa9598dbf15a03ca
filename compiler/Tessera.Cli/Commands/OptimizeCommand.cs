using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Onnx;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera optimize IN -o OUT</c></summary>
internal sealed class OptimizeCommand
{
    private const int MostShown = 10;

    private readonly Argument<string> _input = new("IN") { Description = "The .onnx model." };
    private readonly Option<string> _output = new("-o", "--output") { Required = true, Description = "The .onnx file to write." };
    private readonly Option<string> _target = new("--target") { DefaultValueFactory = static _ => "ort", Description = "portable, ort, tessera." };
    private readonly Option<int?> _opset = new("--opset") { Description = "Version of ai.onnx; without it, the model's." };
    private readonly Option<bool> _verify = new("--verify") { Description = "Replays every rewritten site against its original." };
    private readonly LimitOptions _limits = new();

    public static Command Create(Terminal terminal)
    {
        OptimizeCommand c = new();
        c._target.AcceptOnlyFromAmong("portable", "ort", "tessera");
        Command command = new("optimize", "Reads an ONNX model, rewrites it for a target and writes it again.") { c._input, c._output, c._target, c._opset, c._verify };
        c._limits.AddTo(command);
        command.SetAction((result, cancellation) => Task.Run(() => c.Run(result, terminal, cancellation), cancellation));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string output = result.GetValue(_output)!;
        using OnnxModel model = OnnxModel.Load(InspectCommand.Existing(result.GetValue(_input)!), _limits.Of(result));
        CompiledModel optimized = terminal.Show(report =>
        {
            CompiledModel compiled = model.Optimize(new OptimizeOptions
            {
                Target = Enum.Parse<EmitTarget>(result.GetValue(_target)!, ignoreCase: true),
                Opset = result.GetValue(_opset),
                Verify = result.GetValue(_verify),
                Progress = report,
            });
            report("write");
            compiled.Save(output, cancellation);
            return compiled;
        });
        foreach (CarriedNode node in model.Notes.Carried.Take(MostShown))
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]carried[/] {node.Node}: {node.Op}: {node.Reason}");
        }

        if (model.Notes.Carried.Count > MostShown)
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]carried[/] {model.Notes.Carried.Count - MostShown} more nodes");
        }

        foreach (CompileWarning warning in optimized.FindWarnings(cancellation))
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]warning[/] {warning}");
        }

        if (result.GetValue(_verify))
        {
            terminal.Results.MarkupLineInterpolated(
                $"[green]verified[/] {optimized.Replayed.Count(static r => r.Holds)} rewritten sites on {optimized.Replayed.Sum(static r => r.Cases)} inputs");
        }

        terminal.Results.MarkupLineInterpolated($"[green]wrote[/] {output}: {optimized.Nodes} nodes from {model.Nodes}, {watch.Elapsed.TotalSeconds:F1} s");
        return Guard.Success;
    }
}
