using System.CommandLine;
using Tessera.Cli.Commands;

namespace Tessera.Cli;

/// <summary>The <c>tessera</c> tool as a function of its arguments and where it writes.</summary>
public static class Cli
{
    // From the interrupt to the end of the process: what is half written is to be gone by then.
    private static readonly TimeSpan s_timeToCleanUp = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Runs a command line and returns its exit code: 0 done (of a comparison: the same), 1 wrong usage, 2 bad input, 3 the models
    /// compared differ, 4 a required rewrite did not happen, 70 a defect of the tool, 130 interrupted.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="output">Takes results.</param>
    /// <param name="error">Takes errors and warnings.</param>
    /// <param name="cancellation">Interrupts as Ctrl-C and a request to terminate do.</param>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        Terminal terminal = new(output, error);
        RootCommand root = Root(terminal);
        InvocationConfiguration configuration = new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = s_timeToCleanUp };
        return Guard.Run(terminal, () => root.Parse(args).InvokeAsync(configuration, cancellation).GetAwaiter().GetResult());
    }

    /// <summary>All commands.</summary>
    internal static RootCommand Root(Terminal terminal) => new("Tessera compiles models written in C# into optimised ONNX graphs.")
    {
        CompileCommand.Create(terminal),
        BuildCommand.Create(terminal),
        SignaturesCommand.Create(terminal),
        InspectCommand.Create(terminal),
        OptCommand.Create(terminal),
        OptimizeCommand.Create(terminal),
        PackCommand.Create(terminal),
        ExplainCommand.Create(terminal),
        DiffCommand.Create(terminal),
        VerifyCommand.Create(terminal),
        BenchCommand.Create(terminal),
        ConformanceCommand.Create(terminal),
    };
}
