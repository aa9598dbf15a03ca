using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using Tessera.Compiler.Conformance;
using Tessera.Compiler.Verify;
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

    private readonly Option<string?> _watched = Watcher.CreateOption();

    private ConformanceCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        ConformanceCommand c = new(terminal);
        Command command = new("conformance", "Runs a folder of ONNX node tests through import, evaluation, emission and optimisation.") { c._folder, c._json, c._show, c._watched };
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

        RunWatch watch = Watcher.WatchOf(result.GetValue(_watched));
        ConformanceResult[] results = _terminal.Show(status => RunAll(tests, watch, status));
        TwinResult[] twins = _terminal.Show(status => RunTwins(tests, watch, status));
        Print(results, result.GetValue(_show));
        Print(twins, result.GetValue(_show));
        if (result.GetValue(_json) is { } file)
        {
            AtomicFile.WriteText(file.FullName, JsonSerializer.Serialize(new { tests = results.Select(Row), twins = twins.Select(Row) }, s_json));
        }

        return Guard.Success;
    }

    private static ConformanceResult[] RunAll(string[] tests, RunWatch watch, Action<string> status)
    {
        ConformanceResult[] results = new ConformanceResult[tests.Length];
        int done = 0;
        Parallel.For(0, tests.Length, i =>
        {
            results[i] = ConformanceRunner.Run(tests[i], watch);
            status($"{Interlocked.Increment(ref done)} of {tests.Length}: {results[i].Test}");
        });
        return results;
    }

    private static TwinResult[] RunTwins(string[] tests, RunWatch watch, Action<string> status)
    {
        (string Twin, string Test)[] twins = [.. TwinRecovery.Find(tests)];
        TwinResult?[] results = new TwinResult?[twins.Length];
        int done = 0;
        Parallel.For(0, twins.Length, i =>
        {
            results[i] = TwinRecovery.Run(twins[i].Twin, twins[i].Test, watch);
            status($"{Interlocked.Increment(ref done)} of {twins.Length} twins");
        });
        return [.. results.OfType<TwinResult>()];
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

    private void Print(TwinResult[] twins, int show)
    {
        foreach (TwinResult lost in twins.Where(static t => !t.Recovered).Take(show))
        {
            _terminal.Results.MarkupLineInterpolated($"[red]not recovered[/] {lost.Twin}: {lost.Failure}");
            foreach (string rejection in lost.Rejections)
            {
                _terminal.Results.MarkupLineInterpolated($"  {rejection}");
            }
        }

        string byOp = string.Join(", ", twins.GroupBy(static t => t.Op).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g =>
            $"{g.Key} {g.Count(static t => t.Recovered)}/{g.Count()}"));
        _terminal.Output.WriteLine($"recovered {twins.Count(static t => t.Recovered)}/{twins.Length} of the ops that an expanded twin spells out{(byOp.Length > 0 ? ": " + byOp : "")}");
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

    private static object Row(TwinResult twin) => new
    {
        twin = twin.Twin,
        test = twin.Test,
        op = twin.Op,
        recovered = twin.Recovered,
        failure = twin.Failure,
        rejections = twin.Rejections,
    };
}
