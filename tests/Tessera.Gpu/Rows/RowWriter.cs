using System.Text.Json;

namespace Tessera.Gpu.Rows;

/// <summary>
/// Appends each row to a file as one line of JSON as soon as it is there: a run that is cut off leaves what it had. People read the same on the console.
/// </summary>
internal sealed class RowWriter : IDisposable
{
    private readonly FileStream? _file;
    private readonly TextWriter _console;

    /// <param name="path">The file; null for none.</param>
    /// <param name="console">Where people read.</param>
    public RowWriter(string? path, TextWriter console)
    {
        _file = path is null ? null : new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        _console = console;
    }

    public int Rows { get; private set; }

    public int Failures { get; private set; }

    public void Write(Row row)
    {
        Rows++;
        Failures += row.Failed ? 1 : 0;
        _console.WriteLine($"{(row.Failed ? "FAILED " : "")}{row}");
        _console.Flush();
        if (_file is null)
        {
            return;
        }

        using (Utf8JsonWriter writer = new(_file))
        {
            row.WriteTo(writer);
        }

        _file.WriteByte((byte)'\n');
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file?.Dispose();
}
