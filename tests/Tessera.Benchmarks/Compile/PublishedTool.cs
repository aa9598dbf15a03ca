using System.Diagnostics;

namespace Tessera.Benchmarks.Compile;

/// <summary>The tool as users start it: published, compiled ahead of time, a process of its own.</summary>
internal sealed class PublishedTool : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-tool-");

    public PublishedTool()
    {
        string project = Path.Combine(Root(), "compiler", "Tessera.Cli");
        using Process publish = Start("dotnet", ["publish", project, "-c", "Release", "-r", "linux-x64", "--self-contained", "false", "-v", "q", "-nologo", "-o", _folder.FullName]);
        Finish(publish);
    }

    /// <summary>Runs a command line to its end, and fails where it does; <paramref name="watch"/> is called with the process every few milliseconds.</summary>
    public void Run(Action<Process>? watch, params string[] args)
    {
        using Process process = Start(Path.Combine(_folder.FullName, "tessera"), args);
        while (watch is not null && !process.WaitForExit(10))
        {
            watch(process);
        }

        Finish(process);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Process Start(string program, string[] args) =>
        Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true })!;

    private static void Finish(Process process)
    {
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}: {output}");
        }
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Compiler.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the benchmark is run from a checkout: it publishes the tool.");
    }
}
