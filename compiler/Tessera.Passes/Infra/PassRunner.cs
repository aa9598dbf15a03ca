using System.Diagnostics;
using System.Globalization;
using Tessera.Ir;
using Tessera.Ir.Text;

namespace Tessera.Passes;

/// <summary>Runs passes one after another: verifies, prints and times as the options say, and leaves a reproducer of a crash.</summary>
public static class PassRunner
{
    /// <exception cref="TesseraException">
    /// What the passes throw; TSR0500 when one fails by its own fault, which names the reproducer where one is written.
    /// TSR0509: the options name a pass that does not run.
    /// </exception>
    public static Graph Run(Graph graph, IReadOnlyList<IPass> passes, PassContext context)
    {
        RequireRuns(context.Options.StopAfter, nameof(PassOptions.StopAfter), passes);
        RequireRuns(context.Options.PrintAfter is "all" or "changed" ? null : context.Options.PrintAfter, nameof(PassOptions.PrintAfter), passes);
        int ops = graph.PostOrder().Count;
        for (int i = 0; i < passes.Count; i++)
        {
            Graph before = graph;
            long start = Stopwatch.GetTimestamp();
            graph = RunOne(graph, passes, i, context);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            bool changed = !graph.Roots.SequenceEqual(before.Roots);
            int left = changed ? graph.PostOrder().Count : ops;
            PassReport report = new(passes[i].Name, time, ops, left, changed);
            ops = left;
            context.Report(report);
            Log(graph, report, context.Options);
            if (context.Options.StopAfter == passes[i].Name)
            {
                break;
            }
        }

        return graph;
    }

    private static void RequireRuns(string? name, string option, IReadOnlyList<IPass> passes)
    {
        if (name is not null && !passes.Any(p => p.Name == name))
        {
            throw new TesseraException(
                "TSR0509", option, $"the pass '{name}' is not among those that run.", $"They are {string.Join(", ", passes.Select(static p => p.Name).Distinct())}.");
        }
    }

    private static Graph RunOne(Graph graph, IReadOnlyList<IPass> passes, int index, PassContext context)
    {
        try
        {
            Graph result = passes[index].Run(graph, context);
            if (context.Options.Verify)
            {
                Verifier.Verify(result);
            }

            return result;
        }
        catch (Exception e) when (IsFaultOfPass(e))
        {
            throw new TesseraException(
                "TSR0500",
                graph.Name,
                $"the pass {passes[index].Name} failed: {e.Message}",
                WriteReproducer(graph, passes.Skip(index), context.Options),
                e);
        }
    }

    // The verifier's and the driver's errors are the pass's; any other TesseraException speaks of the model.
    private static bool IsFaultOfPass(Exception e) =>
        e is not (TesseraException or OperationCanceledException or OutOfMemoryException)
        || e is TesseraException { Code: "TSR0120" or "TSR0121" or "TSR0501" or "TSR0502" };

    // Says where the reproducer lies. That it could not be written must not hide why it was to be.
    private static string? WriteReproducer(Graph graph, IEnumerable<IPass> rest, PassOptions options)
    {
        if (options.ReproDirectory is not { } directory)
        {
            return null;
        }

        string[] names = [.. rest.Select(static p => p.Name)];
        string safe = string.Concat(graph.Name.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
        string path = Path.Combine(directory, $"{safe}.{names[0]}.repro.ir");
        try
        {
            Directory.CreateDirectory(directory);
            AtomicFile.WriteText(path, $"// run: {string.Join(',', names)}\n{Printer.Print(graph, places: true)}");
            return $"{path} holds the graph before it and the passes left.";
        }
        catch (Exception e) when (e is TesseraException or IOException or UnauthorizedAccessException)
        {
            return $"The graph before it could not be kept: {e.Message}";
        }
    }

    private static void Log(Graph graph, PassReport report, PassOptions options)
    {
        if (options.PrintAfter == "all" || options.PrintAfter == report.Pass || (options.PrintAfter == "changed" && report.Changed))
        {
            options.Log.WriteLine($"// after {report.Pass}");
            options.Log.Write(Printer.Print(graph));
        }

        if (options.TimePasses)
        {
            options.Log.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"// {report.Pass}: {report.Time.TotalMilliseconds:F1} ms, {report.OpsBefore} -> {report.OpsAfter} ops"));
        }
    }
}
