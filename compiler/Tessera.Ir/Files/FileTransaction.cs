namespace Tessera.Ir;

/// <summary>
/// Writes one or several files so that a failure leaves the old ones: each is written beside its place, and only when
/// all are complete and on disk are they renamed, in the order of their creation.
/// </summary>
/// <remarks>Create the file that refers to the others last. Should a rename fail, those already done are undone.</remarks>
public sealed class FileTransaction : IDisposable
{
    private static int s_counter;

    private readonly List<Pending> _files = [];
    private bool _committed;

    private sealed record Pending(string Target, string Beside, FileStream Stream)
    {
        public string Backup => Beside + ".old";
    }

    /// <summary>Opens a stream whose bytes become <paramref name="path"/> when the transaction is committed.</summary>
    /// <exception cref="TesseraException">TSR0431: nothing can be written there.</exception>
    public FileStream Create(string path)
    {
        var target = FinalTarget(path);
        try
        {
            if (Directory.Exists(target)) throw new IOException("it is a folder.");
            if (IsDevice(target)) throw new IOException("it is a device, which a file would replace.");
            var beside = $"{target}.{Environment.ProcessId}-{Interlocked.Increment(ref s_counter)}.tmp";
            var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);
            _files.Add(new Pending(target, beside, stream));
            return stream;
        }
        catch (Exception error) when (IsFileError(error))
        {
            throw CannotWrite(path, error);
        }
    }

    /// <summary><see cref="Create"/> followed by <paramref name="write"/>, whose failures (a full disk) name the file.</summary>
    public void Write(string path, Action<Stream> write)
    {
        var stream = Create(path);
        Guard(_files[^1], _ => write(stream));
    }

    /// <summary>The same for text: UTF-8 without a byte order mark.</summary>
    public void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Gives the file that was created last another name in its folder, one that depends on what was written.</summary>
    public void Rename(string name)
    {
        var last = _files[^1];
        _files[^1] = last with { Target = FinalTarget(Path.Combine(Path.GetDirectoryName(last.Target)!, name)) };
    }

    /// <exception cref="TesseraException">TSR0431: a file could not be completed or put in place; the old files are as they were.</exception>
    public void Commit()
    {
        foreach (var file in _files) Guard(file, static f => Complete(f));
        for (var i = 0; i < _files.Count; i++)
        {
            try
            {
                Guard(_files[i], _files.Count > 1 ? PutWithBackup : Put);
            }
            catch (TesseraException)
            {
                for (var done = i - 1; done >= 0; done--) Undo(_files[done]);
                throw;
            }
        }

        _committed = true;
        foreach (var file in _files) File.Delete(file.Backup);
    }

    /// <summary>Drops what was not committed.</summary>
    public void Dispose()
    {
        if (_committed) return;
        foreach (var file in _files)
        {
            file.Stream.Dispose();
            File.Delete(file.Beside);
            File.Delete(file.Backup);
        }
    }

    /// <summary>Where the bytes belong: a link keeps pointing at its file, whose content changes.</summary>
    private static string FinalTarget(string path)
    {
        try
        {
            var full = Path.GetFullPath(path);
            return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        }
        catch (Exception error) when (IsFileError(error) || error is ArgumentException)
        {
            throw CannotWrite(path, error);
        }
    }

    // Renaming a file over /dev/null is allowed to those who may do anything, and no program has a /dev/null from then on.
    private static bool IsDevice(string target) => OperatingSystem.IsWindows()
        ? target.StartsWith(@"\\.\", StringComparison.Ordinal)
        : target.StartsWith("/dev/", StringComparison.Ordinal) && !target.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private static void Complete(Pending file)
    {
        file.Stream.Flush(flushToDisk: true);
        file.Stream.Dispose();
    }

    private static void Put(Pending file) => File.Move(file.Beside, file.Target, overwrite: true);

    private static void PutWithBackup(Pending file)
    {
        if (File.Exists(file.Target)) File.Replace(file.Beside, file.Target, file.Backup);
        else Put(file);
    }

    private static void Undo(Pending file)
    {
        if (File.Exists(file.Backup)) File.Move(file.Backup, file.Target, overwrite: true);
        else File.Delete(file.Target);
    }

    private static void Guard(Pending file, Action<Pending> action)
    {
        try
        {
            action(file);
        }
        catch (Exception error) when (IsFileError(error))
        {
            throw CannotWrite(file.Target, error);
        }
    }

    private static bool IsFileError(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException;

    private static TesseraException CannotWrite(string path, Exception error) =>
        new("TSR0431", path, $"the file cannot be written: {error.Message}", "What was there before is unchanged.", error);
}
