using System.CommandLine;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Passes.Replay;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera verify A B</c></summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> a = new("A") { Description = "The original model." };
        Argument<string> b = new("B") { Description = "The model that must give the same." };
        Option<int> cases = new("--cases") { DefaultValueFactory = static _ => 12, Description = "How many generated inputs to try." };
        Command command = new("verify", "Runs two models on the same generated inputs and compares what they give.") { a, b, cases };
        command.SetAction(result => Run(terminal, InspectCommand.Existing(result.GetValue(a)!), InspectCommand.Existing(result.GetValue(b)!), result.GetValue(cases)));
        return command;
    }

    private static int Run(Terminal terminal, string a, string b, int cases)
    {
        using OnnxModel model = OnnxModel.Load(a);
        Func<DType, double> tolerance = ReplayOptions.Default.Tolerance;
        IReadOnlyList<ComparedCase> results = ModelComparison.Run(model.Graph, File.ReadAllBytes(a), File.ReadAllBytes(b), cases, tolerance);
        if (results.FirstOrDefault(static r => r.Difference is not null) is { } differs)
        {
            throw new TesseraException("TSR1213", b, $"it differs from {a} on {differs.Inputs}: {differs.Difference}.", $"Tolerance: f32 {tolerance(DType.F32)}, f16 {tolerance(DType.F16)}, of the largest element.");
        }

        ComparedCase[] ran = [.. results.Where(static r => r.Refused is null)];
        if (ran.Length == 0)
        {
            throw new TesseraException("TSR1214", a, $"no generated input runs: {(results.Count > 0 ? results[0].Refused : "the constraints exclude all sizes")}.", "Compare them on inputs of your own from C#: OrtRun.");
        }

        terminal.Results.MarkupLineInterpolated(
            $"[green]same[/] on {ran.Length} inputs ({results.Count - ran.Length} refused by both), largest difference {ran.Max(static r => r.Largest):E1} of the largest element");
        return Guard.Success;
    }
}
