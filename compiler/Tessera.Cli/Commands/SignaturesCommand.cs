using System.CommandLine;
using System.Diagnostics;
using Tessera.Cli.Build;
using Tessera.Ir;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera signatures REQUEST</c>: what the package Tessera.Build starts before the C# compiler, where models come from files.</summary>
internal sealed class SignaturesCommand
{
    private readonly Argument<string> _request = new("REQUEST")
    {
        Description = "As of 'tessera build'; of each model that is a file and has a key 'signature', the interface is written there.",
    };

    public static Command Create(Terminal terminal)
    {
        SignaturesCommand c = new();
        Command command = new("signatures", "Writes the inputs and outputs of models from files as text, for typed sessions.") { c._request };
        command.SetAction(result => c.Run(result, terminal));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal)
    {
        Stopwatch watch = Stopwatch.StartNew();
        if (BuildRequest.TryRead(result.GetValue(_request)!, terminal) is not { } request)
        {
            return Guard.BadInput;
        }

        int failed = 0;
        ModelRequest[] files = [.. request.Models.Where(static m => m.IsFile && m.Signature is not null)];
        foreach (ModelRequest model in files)
        {
            try
            {
                WriteWhenDifferent(model.Signature!, ModelInterface.Of(model));
            }
            catch (TesseraException error)
            {
                failed++;
                terminal.Output.WriteLine(BuildMessages.Of(error, model.Include, request.Sources));
            }
        }

        terminal.Output.WriteLine($"Tessera: {files.Length} signatures{(failed > 0 ? $", {failed} failed" : "")}, {watch.Elapsed.TotalSeconds:F1} s");
        return failed > 0 ? Guard.BadInput : Guard.Success;
    }

    // The C# compiler runs again when its files are newer.
    private static void WriteWhenDifferent(string path, string text)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            AtomicFile.WriteText(path, text);
        }
    }
}
