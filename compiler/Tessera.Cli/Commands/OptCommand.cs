using System.CommandLine;
using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Passes;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera opt FILE.ir -p PASSES</c></summary>
internal static class OptCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "A .ir text or a .onnx model." };
        Option<string> passes = new("-p", "--passes") { Required = true, Description = $"Names separated by commas: {string.Join(", ", Pipelines.Names)}." };
        Option<string?> printAfter = new("--print-after") { Description = "all, changed, or the name of a pass." };
        Option<string?> stopAfter = new("--stop-after") { Description = "Ends after this pass." };
        Option<bool> time = new("--time-passes") { Description = "Says how long each pass took." };
        Option<bool> places = new("--places") { Description = "Prints where each op came from." };
        Command command = new("opt", "Runs passes over a graph and prints the result.") { file, passes, printAfter, stopAfter, time, places };
        LimitOptions limits = new();
        limits.AddTo(command);
        command.SetAction(result =>
        {
            using GraphFile graph = GraphFile.Open(result.GetValue(file)!, limits.Of(result));
            PassContext context = new(new PassOptions
            {
                PrintAfter = result.GetValue(printAfter),
                StopAfter = result.GetValue(stopAfter),
                TimePasses = result.GetValue(time),
                Verify = true,
                ReproDirectory = Environment.CurrentDirectory,
                Log = terminal.Error,
            });
            Graph after = PassRunner.Run(graph.Graph, Pipelines.Parse(result.GetValue(passes)!), context);
            terminal.Output.Write(Printer.Print(after, result.GetValue(places)));
            return Guard.Success;
        });
        return command;
    }
}
