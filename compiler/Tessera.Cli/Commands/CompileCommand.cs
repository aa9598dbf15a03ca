using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Nn;
using Tessera.Nn.Weights;
using Tessera.Onnx;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera compile ASSEMBLY --module TYPE -o FILE</c></summary>
internal static class CompileCommand
{
    public static Command Create()
    {
        Argument<string> assembly = new("ASSEMBLY") { Description = "The .dll that holds the module." };
        Option<string> module = new("--module") { Required = true, Description = "Type name of an entry module." };
        Option<string?> preset = new("--preset") { Description = "Preset by which the module is made; without it, its constructor without arguments." };
        Option<string> output = new("-o", "--output") { Required = true, Description = "The .onnx file to write." };
        Option<Batching> batch = new("--batch") { DefaultValueFactory = static _ => Batching.Single, Description = "single, dense, padded or packed." };
        Option<string> dtype = new("--dtype") { DefaultValueFactory = static _ => "f32", Description = "f32, f16 or bf16." };
        Option<EmitTarget> target = new("--target") { DefaultValueFactory = static _ => EmitTarget.Tessera, Description = "portable, ort or tessera." };
        Option<int> opset = new("--opset") { DefaultValueFactory = static _ => EmitOptions.DefaultOpset, Description = "Version of ai.onnx, 17 to 26." };
        Option<string?> weights = new("--weights") { Description = "A .safetensors file or a sharded index; without it weights are seeded." };
        Option<long> seed = new("--seed") { Description = "Seed of the weights when there is no file." };
        Option<bool> verify = new("--verify") { Description = "Replays every rewritten site against its original." };
        Command command = new("compile", "Compiles a module of an assembly to an ONNX model.")
        {
            assembly, module, preset, output, batch, dtype, target, opset, weights, seed, verify,
        };
        command.SetAction(result =>
        {
            DType type = DTypes.TryParse(result.GetValue(dtype)!, out DType parsed) ? parsed : DType.Undefined;
            Stopwatch watch = Stopwatch.StartNew();
            CompiledModel model = Progress.Show(report => Compile(
                new ModuleLoader(result.GetValue(assembly)!).Create(result.GetValue(module)!, result.GetValue(preset)),
                result.GetValue(output)!,
                new CompileOptions
                {
                    Batch = result.GetValue(batch),
                    DType = type,
                    Seed = result.GetValue(seed),
                    Weights = result.GetValue(weights) is { } file ? WeightSet.Load(file) : null,
                    Verify = result.GetValue(verify),
                    Emit = new EmitOptions { Target = result.GetValue(target), Opset = result.GetValue(opset) },
                    Progress = report,
                }));
            AnsiConsole.MarkupLineInterpolated(
                $"[green]wrote[/] {result.GetValue(output)}: {model.Graph.PostOrder().Count} ops from {model.Single.PostOrder().Count}, {watch.Elapsed.TotalSeconds:F1} s");
            return Guard.Success;
        });
        return command;
    }

    private static CompiledModel Compile(Module module, string output, CompileOptions options)
    {
        if (options.Weights?.FindNonFinite() is { Count: > 0 } bad)
        {
            foreach ((string path, NonFiniteCount count) in bad)
            {
                AnsiConsole.MarkupLineInterpolated($"[yellow]warning[/] TSR1206 {path}: {count} in the weights.");
            }
        }

        CompiledModel model = ModelCompiler.Compile(module, options);
        options.Progress?.Invoke("write");
        model.Save(output);
        return model;
    }
}
