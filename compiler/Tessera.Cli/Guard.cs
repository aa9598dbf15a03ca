using System.Collections.Frozen;
using Spectre.Console;
using Tessera.Compiler.Explain;
using Tessera.Compiler.Pack;
using Tessera.Ir;
using Tessera.Kernels;
using Tessera.Runtime;

namespace Tessera.Cli;

/// <summary>Turns errors into one clear line and an exit code that means something.</summary>
internal static class Guard
{
    /// <summary>The command did what it was asked.</summary>
    public const int Success = 0;

    /// <summary>The command line itself was wrong (System.CommandLine's own code).</summary>
    public const int Usage = 1;

    /// <summary>What the user gave cannot be compiled, read or written.</summary>
    public const int BadInput = 2;

    /// <summary>Two models were compared, and they differ.</summary>
    public const int Differs = 3;

    /// <summary>A rewrite that was required did not happen.</summary>
    public const int Unmet = 4;

    /// <summary>The tool itself failed: a defect to be reported.</summary>
    public const int Defect = 70;

    /// <summary>Interrupted.</summary>
    public const int Cancelled = 130;

    // Errors that say what a command found, not that what it was given is wrong.
    private static readonly FrozenDictionary<string, int> s_ofCode = new Dictionary<string, int>
    {
        [OptimizeReport.UnmetCode] = Unmet,
        ["TSR1213"] = Differs,
        [PackCheck.OriginalDiffersCode] = Differs,
        [PackCheck.PackedDiffersCode] = Differs,
    }.ToFrozenDictionary();

    /// <summary>Errors of the input are told on standard error; anything else is a defect of ours and keeps its trace.</summary>
    public static int Run(Terminal terminal, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (TesseraException error)
        {
            Tell(terminal, error.Message);
            return s_ofCode.GetValueOrDefault(error.Code, BadInput);
        }
        catch (Exception error) when (error is TesseraRuntimeException or TesseraKernelException)
        {
            // They begin with their code, as all do.
            Tell(terminal, error.Message);
            return BadInput;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            Tell(terminal, $"TSR1201: {error.Message}");
            return BadInput;
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }
        catch (Exception error)
        {
            terminal.Messages.MarkupLineInterpolated($"[red]defect[/] TSR1299: this is an error of the tool, not of what it was given; please report it with the trace below.");
            terminal.Error.WriteLine(error);
            return Defect;
        }
    }

    private static void Tell(Terminal terminal, string message) => terminal.Messages.MarkupLineInterpolated($"[red]error[/] {message}");
}
