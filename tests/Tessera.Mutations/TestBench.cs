using System.Diagnostics;
using System.Text.Json;

namespace Tessera.Mutations;

/// <summary>Builds the test projects and has workers run their tests, with one assembly at a time exchanged.</summary>
internal sealed class TestBench(string root) : IDisposable
{
    // Contexts cannot be unloaded; a new worker starts empty.
    private const int MostOfAWorker = 40;

    // The longest named test takes a few seconds.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    private readonly string _mutant = Path.GetTempFileName();
    private Process? _worker;
    private string _project = "";
    private int _given;

    public void Build(IEnumerable<string> projects)
    {
        foreach (string project in projects)
        {
            string folder = Path.Combine(root, "tests", project);
            using Process build = Process.Start(new ProcessStartInfo("dotnet", ["build", folder, "-c", "Release", "-v", "q", "-nologo", "-clp:NoSummary"]))!;
            build.WaitForExit();
            if (build.ExitCode != 0)
            {
                throw new InvalidOperationException($"{project} does not build.");
            }
        }
    }

    /// <summary>Runs tests, with one assembly exchanged for another of the same name where one is given.</summary>
    public TestOutcome Run(NamedTest test, string? assemblyName = null, byte[]? assembly = null)
    {
        if (assembly is not null)
        {
            File.WriteAllBytes(_mutant, assembly);
        }

        Process worker = WorkerOf(test.Project);
        worker.StandardInput.WriteLine(JsonSerializer.Serialize(new WorkItem(assemblyName, assembly is null ? null : _mutant, test)));
        worker.StandardInput.Flush();
        Task<TestOutcome> answer = Task.Run(() => Answer(worker));
        if (answer.Wait(s_limit))
        {
            return answer.Result;
        }

        End();
        return TestOutcome.TimedOut;
    }

    public void Dispose()
    {
        End();
        File.Delete(_mutant);
    }

    // A worker that ends without an answer was brought down by the mutant: that is noticed as well.
    private static TestOutcome Answer(Process worker)
    {
        while (worker.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(Worker.Answer, StringComparison.Ordinal))
            {
                return Enum.Parse<TestOutcome>(line[Worker.Answer.Length..]);
            }
        }

        return TestOutcome.Failed;
    }

    private Process WorkerOf(string project)
    {
        if (_worker is { HasExited: false } && _project == project && _given++ < MostOfAWorker)
        {
            return _worker;
        }

        End();
        (_project, _given) = (project, 0);
        return _worker = Process.Start(new ProcessStartInfo(
            "dotnet",
            [typeof(TestBench).Assembly.Location, "--worker", Path.Combine(root, "tests", project, "bin", "Release", "net10.0"), project])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    private void End()
    {
        if (_worker is { HasExited: false })
        {
            _worker.Kill(entireProcessTree: true);
            _worker.WaitForExit();
        }

        _worker?.Dispose();
        _worker = null;
    }
}
