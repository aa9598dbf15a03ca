using System.Diagnostics;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class InterruptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Interrupted_compilation_exits_with_130_and_writes_nothing()
    {
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        using StringWriter output = new();
        Assert.Equal(130, Cli.Run(["compile", ToolRun.Assembly, "--module", nameof(Encoder), "-o", _folder["m.onnx"]], output, output, source.Token));
        Assert.Equal("", output.ToString());
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Root));
    }

    [SkippableFact]
    public async Task Process_told_to_end_while_it_writes_leaves_no_half_file()
    {
        Skip.If(OperatingSystem.IsWindows(), "a process cannot be asked to terminate there");
        string tool = Path.Combine(AppContext.BaseDirectory, "tessera.dll");
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet", [tool, "compile", ToolRun.Assembly, "--module", nameof(Heavy), "-o", _folder["m.onnx"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        // The first bytes of a file that takes seconds to fill.
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (Directory.GetFiles(_folder.Root, "*.tmp").Length == 0 && !process.HasExited)
        {
            await Task.Delay(20, limit.Token);
        }

        using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(limit.Token);
        }

        await process.WaitForExitAsync(limit.Token);
        Assert.Equal((130, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync(limit.Token)));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Root));
    }
}
