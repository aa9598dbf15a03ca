using System.Collections.Frozen;
using System.Text.Json;
using Tessera.Ir;

namespace Tessera.Compiler.Verify;

/// <summary>
/// What ONNX Runtime is at, kept in a file. It divides whole numbers and counts frames unchecked, and the processor ends a process
/// that does so wrongly: another process, which watches this one, reads here what it was and starts it again without.
/// </summary>
public sealed class RunWatch
{
    /// <summary>Name of the file, in the folder of a watch, of what is being run: a JSON array.</summary>
    public const string RunningFile = "running.json";

    /// <summary>Name of the file of what ended an earlier process, and how: a JSON object.</summary>
    public const string DeadlyFile = "deadly.json";

    private readonly Lock _lock = new();
    private readonly List<string> _running = [];
    private readonly string? _file;
    private readonly FrozenDictionary<string, string> _deadly;

    /// <param name="folder">The folder that the watching process reads; there may be what earlier ones died of.</param>
    public RunWatch(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _file = Path.Combine(folder, RunningFile);
        string deadly = Path.Combine(folder, DeadlyFile);
        _deadly = (File.Exists(deadly) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(deadly))! : []).ToFrozenDictionary(StringComparer.Ordinal);
    }

    private RunWatch() => _deadly = FrozenDictionary<string, string>.Empty;

    /// <summary>Of a process that nobody watches.</summary>
    public static RunWatch None { get; } = new();

    /// <summary>Runs a step that only ONNX Runtime's own code can end badly.</summary>
    /// <param name="what">What it is: the same in a process that is started again.</param>
    /// <param name="step">The step.</param>
    /// <exception cref="TesseraException">TSR0954: it ended an earlier process.</exception>
    public T Run<T>(string what, Func<T> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (_deadly.TryGetValue(what, out string? cause))
        {
            throw new TesseraException("TSR0954", what, $"ONNX Runtime ends the process that runs this, by {cause}.");
        }

        Note(static (running, what) => running.Add(what), what);
        try
        {
            return step();
        }
        finally
        {
            Note(static (running, what) => running.Remove(what), what);
        }
    }

    private void Note(Action<List<string>, string> change, string what)
    {
        if (_file is null)
        {
            return;
        }

        lock (_lock)
        {
            change(_running, what);
            // Renamed, for another thread may end the process in the middle of this.
            string next = _file + ".next";
            File.WriteAllText(next, JsonSerializer.Serialize(_running));
            File.Move(next, _file, overwrite: true);
        }
    }
}
