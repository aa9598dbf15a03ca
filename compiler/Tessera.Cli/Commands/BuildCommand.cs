using System.CommandLine;
using System.Diagnostics;
using Tessera.Cli.Build;
using Tessera.Compiler;
using Tessera.Ir;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera build REQUEST</c>: what the package Tessera.Build starts.</summary>
internal sealed class BuildCommand
{
    /// <summary>Beside the request: files whose change is a reason to start again.</summary>
    private const string FilesRead = ".files";

    private readonly Argument<string> _request = new("REQUEST")
    {
        Description = "Lines key=value: assembly, reference, and behind each line [model]: include, name, output, preset, batch, dtype, target, opset, weights, seed, optimize, verify, externaldata, batchsize, ragged, mask, requirefusion, maxnodes, tolerance, signature, session.",
    };

    public static Command Create(Terminal terminal)
    {
        BuildCommand c = new();
        Command command = new("build", "Brings the models of a project up to date; what has not changed is left alone.") { c._request };
        command.SetAction((result, cancellation) => Task.Run(() => c.Run(result, terminal, cancellation), cancellation));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string path = result.GetValue(_request)!;
        if (BuildRequest.TryRead(path, terminal) is not { } request)
        {
            return Guard.BadInput;
        }

        Lazy<ModuleLoader> modules = new(() => request.Assembly is { } assembly
            ? new ModuleLoader(assembly, request.References)
            : throw new TesseraException("TSR1222", path, "it names no assembly, and a model is made of a module."));
        ModelBuilder builder = new(modules, cancellation);
        (int compiled, int failed) = (0, 0);
        List<string> files = [];
        foreach (ModelRequest model in request.Models)
        {
            try
            {
                BuiltModel built = builder.Build(model);
                compiled += built.Compiled ? 1 : 0;
                files.AddRange(built.Files);
                foreach (CompileWarning warning in built.Warnings)
                {
                    terminal.Output.WriteLine(BuildMessages.Warning(warning.Code, $"{warning.Place}: {warning.Message}", model.Include));
                }
            }
            catch (TesseraException error)
            {
                failed++;
                terminal.Output.WriteLine(BuildMessages.Of(error, model.Include, request.Sources));
            }
        }

        File.WriteAllLines(path + FilesRead, files.Distinct(StringComparer.Ordinal).Select(Path.GetFullPath));
        terminal.Output.WriteLine($"Tessera: {request.Models.Count} models, {compiled} compiled{(failed > 0 ? $", {failed} failed" : "")}{(builder.Traced > 0 ? $", {builder.Traced} traced" : "")}, {watch.Elapsed.TotalSeconds:F1} s");
        return failed > 0 ? Guard.BadInput : Guard.Success;
    }
}
