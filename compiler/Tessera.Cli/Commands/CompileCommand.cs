using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Nn.Weights;
using Tessera.Onnx;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera compile ASSEMBLY --module TYPE -o FILE</c></summary>
internal sealed class CompileCommand
{
    private readonly Argument<string> _assembly = new("ASSEMBLY") { Description = "The .dll that holds the module." };
    private readonly Option<string> _module = new("--module") { Required = true, Description = "Type name of an entry module." };
    private readonly Option<string?> _preset = new("--preset") { Description = "Preset by which the module is made; without it, its constructor without arguments." };
    private readonly Option<string> _output = new("-o", "--output") { Required = true, Description = "The .onnx file to write." };
    private readonly Option<string> _batch = Choice("--batch", "single", "single", "dense", "padded", "packed");
    private readonly Option<string> _dtype = Choice("--dtype", "f32", "f32", "f16", "bf16");
    private readonly Option<string> _target = Choice("--target", "tessera", "portable", "ort", "tessera");
    private readonly Option<int> _opset = new("--opset")
    {
        DefaultValueFactory = static _ => EmitOptions.DefaultOpset,
        Description = $"Version of ai.onnx, {EmitOptions.MinCompleteOpset} to {EmitOptions.MaxOpset}.",
    };

    private readonly Option<string?> _weights = new("--weights") { Description = "A .safetensors file or a sharded index; without it weights are seeded." };
    private readonly Option<long> _seed = new("--seed") { Description = "Seed of the weights when there is no file." };
    private readonly Option<bool> _verify = new("--verify") { Description = "Replays every rewritten site against its original." };

    public static Command Create(Terminal terminal)
    {
        CompileCommand c = new();
        Command command = new("compile", "Compiles a module of an assembly to an ONNX model.")
        {
            c._assembly, c._module, c._preset, c._output, c._batch, c._dtype, c._target, c._opset, c._weights, c._seed, c._verify,
        };

        // On a thread of its own, so that the interrupt finds something it can tell.
        command.SetAction((result, cancellation) => Task.Run(() => c.Run(result, terminal, cancellation), cancellation));
        return command;
    }

    private static Option<string> Choice(string name, string byDefault, params string[] values)
    {
        Option<string> option = new(name) { DefaultValueFactory = _ => byDefault, Description = string.Join(", ", values) + "." };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    private int Run(ParseResult result, Terminal terminal, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string output = result.GetValue(_output)!;
        WeightSet? weights = result.GetValue(_weights) is { } file ? WeightSet.Load(file) : null;
        List<CompileWarning> warnings = [];
        CompiledModel model = terminal.Show(report =>
        {
            ModuleLoader loader = new(result.GetValue(_assembly)!);
            CompiledModel compiled = ModelCompiler.Compile(
                loader.Create(result.GetValue(_module)!, result.GetValue(_preset)), Options(result, weights, Report) with { Warn = warnings.Add });
            Report("write");
            compiled.Save(output, cancellation);
            return compiled;

            void Report(string step)
            {
                cancellation.ThrowIfCancellationRequested();
                report(step);
            }
        });
        foreach (CompileWarning warning in warnings)
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]warning[/] {warning}");
        }

        if (result.GetValue(_verify))
        {
            terminal.Results.MarkupLineInterpolated(
                $"[green]verified[/] {model.Replayed.Count(static r => r.Holds)} rewritten sites on {model.Replayed.Sum(static r => r.Cases)} inputs");
        }

        terminal.Results.MarkupLineInterpolated(
            $"[green]wrote[/] {output}: {model.Graph.PostOrder().Count} ops from {model.Single.PostOrder().Count}, {watch.Elapsed.TotalSeconds:F1} s");
        return Guard.Success;
    }

    private CompileOptions Options(ParseResult result, WeightSet? weights, Action<string> report) => new()
    {
        Batch = Enum.Parse<Batching>(result.GetValue(_batch)!, ignoreCase: true),
        DType = DTypes.TryParse(result.GetValue(_dtype)!, out DType type) ? type : DType.Undefined,
        Seed = result.GetValue(_seed),
        Weights = weights,
        Verify = result.GetValue(_verify),
        ReproDirectory = Path.GetDirectoryName(Path.GetFullPath(result.GetValue(_output)!)),
        Emit = new EmitOptions
        {
            Target = Enum.Parse<EmitTarget>(result.GetValue(_target)!, ignoreCase: true),
            Opset = result.GetValue(_opset),
        },
        Progress = report,
    };
}
