using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tessera.Compiler.Verify;
using Tessera.Ir;

namespace Tessera.Cli;

/// <summary>
/// Runs a command that hands models to ONNX Runtime in a process of its own. ONNX Runtime ends a process where a model divides whole
/// numbers by what it must not; what it was at is then told, and the process started again without.
/// </summary>
internal static class Watcher
{
    private const string Option = "--watched";

    // A model that dies on all of its inputs dies on each of them alone.
    private const int MostDeaths = 40;

    // Signals by which a process ends through what its own code does.
    private static readonly Dictionary<int, string> s_faults = new()
    {
        [4] = "SIGILL",
        [5] = "SIGTRAP",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE (a division)",
        [11] = "SIGSEGV",
    };

    /// <summary>The folder where a process that is watched says what it is at.</summary>
    public static Option<string?> CreateOption() => new(Option) { Hidden = true };

    /// <summary>What is told of the runs of a process.</summary>
    public static RunWatch WatchOf(string? folder) => folder is null ? RunWatch.None : new RunWatch(folder);

    /// <summary>Whether a command line asks for a command that runs models, and is not that of a watched process.</summary>
    public static bool Watches(string[] args) => args is ["verify" or "conformance", ..] && !args.Contains(Option, StringComparer.Ordinal);

    /// <summary>Runs a command line of the tool, and gives its exit code.</summary>
    public static int Run(string[] args, Terminal terminal)
    {
        string folder = Directory.CreateTempSubdirectory("tessera-").FullName;
        try
        {
            return Guard.Run(terminal, () => Run(args, folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Run(string[] args, string folder)
    {
        Dictionary<string, string> deadly = new(StringComparer.Ordinal);
        while (true)
        {
            int exit = RunOnce([.. args, Option, folder]);
            if (Fault(exit) is not { } fault)
            {
                return exit;
            }

            string running = Path.Combine(folder, RunWatch.RunningFile);
            string[] places = File.Exists(running) ? JsonSerializer.Deserialize<string[]>(File.ReadAllText(running))! : [];
            if (places.Length == 0 || deadly.Count > MostDeaths)
            {
                throw new TesseraException("TSR1217", args[0], $"the process was ended by {fault}{(places.Length == 0 ? "" : $" in ONNX Runtime, after {deadly.Count} others, at {places[0]}")}.");
            }

            foreach (string place in places)
            {
                deadly[place] = fault;
            }

            File.Delete(running);
            File.WriteAllText(Path.Combine(folder, RunWatch.DeadlyFile), JsonSerializer.Serialize(deadly));
        }
    }

    // It writes where this process does, and an interrupt from the terminal reaches both.
    private static int RunOnce(string[] args)
    {
        bool isTold = false;
        string tool = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(tool).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        using Process process = Process.Start(new ProcessStartInfo(tool, isHost ? [typeof(Watcher).Assembly.Location, .. args] : args))!;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            isTold = true;
            process.Kill();
        });
        process.WaitForExit();
        return isTold ? Guard.Cancelled : process.ExitCode;
    }

    // A process that a signal ended has 128 and its number for a code; on Windows it is a status, which is negative.
    private static string? Fault(int exit) => exit < 0 ? $"status 0x{exit:X8}" : s_faults.GetValueOrDefault(exit - 128);
}
