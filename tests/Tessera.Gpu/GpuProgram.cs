using System.CommandLine;
using Tessera.Gpu.Bench;
using Tessera.Gpu.Devices;
using Tessera.Gpu.Models;
using Tessera.Gpu.Parity;
using Tessera.Gpu.Rows;
using Tessera.Gpu.Smoke;
using Tessera.Runtime;

namespace Tessera.Gpu;

/// <summary>The program as a function of its arguments and where it writes: exit code 0 where all rows are good, 1 where some are not, 2 where nothing could be run.</summary>
internal sealed class GpuProgram
{
    private readonly Option<string> _device = new("--device") { DefaultValueFactory = static _ => "cuda", Description = "cpu, cuda or cuda:1.", Recursive = true };
    private readonly Option<bool> _quick = new("--quick") { Description = "Small cases, few runs.", Recursive = true };
    private readonly Option<string?> _json = new("--json") { Description = "A file to which each row is appended as a line of JSON.", Recursive = true };
    private readonly Option<string?> _op = new("--op") { Description = "One op alone, as ONNX calls it." };
    private readonly Option<string?> _model = new("--model") { Description = $"One of: {string.Join(", ", ModelCase.Names)}." };
    private readonly Option<string?> _group = new("--group") { Description = $"One of: {string.Join(", ", BenchProgram.Groups)}." };
    private readonly Option<bool> _ours = new("--ours") { Description = "Our own ways alone." };
    private readonly Argument<string[]> _files = new("FILES") { Description = "Files of rows.", Arity = ArgumentArity.OneOrMore };
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    private GpuProgram(TextWriter output, TextWriter error) => (_output, _error) = (output, error);

    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        GpuProgram p = new(output, error);
        RootCommand root = new("Tries the ops of ai.tessera on a GPU.") { p._device, p._quick, p._json, p.Smoke(), p.Parity(), p.Models(), p.Bench(), p.Table() };
        return root.Parse(args).Invoke(new InvocationConfiguration { Output = output, Error = error });
    }

    private Command Smoke()
    {
        Command command = new("smoke", "Shows whether the provider, an op in C# and a captured graph run at all.");
        command.SetAction(result => On(result, SmokeProgram.Run));
        return command;
    }

    private Command Parity()
    {
        Command command = new("parity", "Holds every op with a kernel against the reference in float64.") { _op };
        command.SetAction(result => On(result, (device, rows) => ParityProgram.Run(device, result.GetValue(_op), result.GetValue(_quick), rows)));
        return command;
    }

    private Command Models()
    {
        _model.AcceptOnlyFromAmong([.. ModelCase.Names]);
        Command command = new("models", "Runs whole models: against their references, where their nodes ran, how long they take.") { _model };
        command.SetAction(result => On(result, (device, rows) => ModelsProgram.Run(device, result.GetValue(_model), result.GetValue(_quick), rows)));
        return command;
    }

    private Command Bench()
    {
        _group.AcceptOnlyFromAmong([.. BenchProgram.Groups]);
        Command command = new("bench", "Times ops, layers of experts and of NaViT against what else there is.") { _group, _ours };
        command.SetAction(result => On(result, (device, rows) => BenchProgram.Run(device, new(result.GetValue(_group), result.GetValue(_ours), result.GetValue(_quick)), rows)));
        return command;
    }

    private Command Table()
    {
        Command command = new("table", "Prints rows of benchmarks as tables.") { _files };
        command.SetAction(result =>
        {
            foreach (string missing in result.GetValue(_files)!.Where(static f => !File.Exists(f)))
            {
                _error.WriteLine($"{missing}: there is no such file.");
            }

            BenchTable.Write(result.GetValue(_files)!.Where(File.Exists), _output);
            return result.GetValue(_files)!.All(File.Exists) ? 0 : 2;
        });
        return command;
    }

    private int On(ParseResult result, Action<IDevice, RowWriter> program)
    {
        if (!Device.TryParse(result.GetValue(_device), out Device target))
        {
            _error.WriteLine($"'{result.GetValue(_device)}' is no device: cpu, cuda or cuda:1.");
            return 2;
        }

        try
        {
            using IDevice device = target.IsCuda ? new CudaMemory(target) : new HostDevice();
            using RowWriter rows = new(result.GetValue(_json), _output);
            program(device, rows);
            _output.WriteLine($"{rows.Rows} rows, {rows.Failures} failed");
            return rows.Failures > 0 || rows.Rows == 0 ? 1 : 0;
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or Kernels.TesseraKernelException)
        {
            _error.WriteLine($"nothing could be run on {target}: {error.Message}");
            return 2;
        }
    }
}
