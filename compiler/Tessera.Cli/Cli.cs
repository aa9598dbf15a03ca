using System.CommandLine;
using Tessera.Cli.Commands;

namespace Tessera.Cli;

/// <summary>The <c>tessera</c> tool as a function of its arguments and where it writes.</summary>
public static class Cli
{
    /// <summary>Runs a command line and returns its exit code: 0 done, 1 wrong usage, 2 bad input, 130 interrupted.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="output">Takes results.</param>
    /// <param name="error">Takes errors and warnings.</param>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        Terminal terminal = new(output, error);
        RootCommand root = new("Tessera compiles models written in C# into optimised ONNX graphs.")
        {
            CompileCommand.Create(terminal),
            InspectCommand.Create(terminal),
            OptCommand.Create(terminal),
        };
        InvocationConfiguration configuration = new() { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        return Guard.Run(terminal, () => root.Parse(args).Invoke(configuration));
    }
}
