using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using Tessera.Compiler.Conformance;
using Tessera.Ir;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera conformance FOLDER</c>: takes ONNX node tests through every stage and counts.</summary>
internal sealed class ConformanceCommand
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    private readonly Terminal _terminal;
    private readonly Argument<DirectoryInfo> _folder = new("folder") { Description = "Folder of node tests: model.onnx and test_data_set_* in each." };
    private readonly Option<FileInfo?> _json = new("--json") { Description = "Writes every failure to this file." };
    private readonly Option<int> _show = new("--show") { Description = "How many failures of each stage to print.", DefaultValueFactory = static _ => 20 };

    private ConformanceCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        ConformanceCommand c = new(terminal);
        Command command = new("conformance", "Runs a folder of ONNX node tests through import, evaluation, emission and optimisation.") { c._folder, c._json, c._show };
        command.SetAction(c.Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        DirectoryInfo folder = result.GetValue(_folder)!;
        if (!folder.Exists)
        {
            throw new TesseraException("TSR1211", folder.FullName, "there is no such folder.");
        }

        string[] tests = [.. NodeTest.Find(folder.FullName)];
        if (tests.Length == 0)
        {
            throw new TesseraException("TSR1212", folder.FullName, "no folder in it holds a model.onnx.");
        }

        ConformanceResult[] results = _terminal.Show(status => RunAll(tests, status));
        Print(results, result.GetValue(_show));
        if (result.GetValue(_json) is { } file)
        {
            AtomicFile.WriteText(file.FullName, JsonSerializer.Serialize(results.Select(Row), s_json));
        }

        return Guard.Success;
    }

    private static ConformanceResult[] RunAll(string[] tests, Action<string> status)
    {
        ConformanceResult[] results = new ConformanceResult[tests.Length];
        int done = 0;
        Parallel.For(0, tests.Length, i =>
        {
            results[i] = ConformanceRunner.Run(new NodeTest(tests[i]));
            status($"{Interlocked.Increment(ref done)} of {tests.Length}: {results[i].Test}");
        });
        return results;
    }

    private void Print(ConformanceResult[] results, int show)
    {
        ConformanceStage[] stages = Enum.GetValues<ConformanceStage>();
        foreach (ConformanceStage stage in stages)
        {
            foreach (ConformanceResult failed in results.Where(r => !r.Passed(stage)).Take(show))
            {
                _terminal.Results.MarkupLineInterpolated($"[red]{Word(stage)}[/] {failed.Test}: {failed.Failures[stage]}");
            }
        }

        _terminal.Output.WriteLine(string.Join(", ", stages.Select(s => $"{Word(s)} {results.Count(r => r.Passed(s))}/{results.Length}")));
        int runtime = results.Count(static r => r.Runtime is null);
        int lost = results.Count(static r => r.Runtime is null && !(r.Passed(ConformanceStage.Reemitted) && r.Passed(ConformanceStage.Optimised)));
        _terminal.Output.WriteLine($"ONNX Runtime itself {runtime}/{results.Length}; of these, re-emitted or optimised differ in {lost}");
    }

    private static string Word(ConformanceStage stage) => stage switch
    {
        ConformanceStage.Imported => "imported",
        ConformanceStage.Typed => "typed",
        ConformanceStage.Evaluated => "evaluated",
        ConformanceStage.Reemitted => "re-emitted",
        _ => "optimised",
    };

    private static object Row(ConformanceResult result) => new
    {
        test = result.Test,
        failures = result.Failures.ToDictionary(static p => Word(p.Key), static p => p.Value),
        runtime = result.Runtime,
    };
}
