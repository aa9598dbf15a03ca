using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>Names of files of external data, which hostile models point at places that are none of theirs.</summary>
internal static class ExternalLocation
{
    /// <summary>What we write: a name without any folder, other than the model's own.</summary>
    public static void CheckBare(string location, string modelPath)
    {
        if (location is "" or "." or ".." || location.AsSpan().IndexOfAny("/\\:\0") >= 0 || location == Path.GetFileName(modelPath))
        {
            throw new TesseraException("TSR0824", modelPath, $"'{location}' cannot hold the model's external data.",
                "It must be a bare file name, and not the model's own.");
        }
    }

    /// <summary>What we read: a path inside the model's folder, whichever system wrote it.</summary>
    public static string Resolve(string folder, string location, string tensor)
    {
        var parts = location.Split('/', '\\');
        if (Path.IsPathRooted(location) || Array.Exists(parts, static p => p is "" or "." or ".." || p.AsSpan().IndexOfAny(":\0") >= 0))
        {
            throw new TesseraException("TSR0824", tensor, $"external data at '{location}' is refused.",
                "It must lie in the folder of the model: no absolute path, no '..'.");
        }

        var path = folder;
        foreach (var part in parts)
        {
            path = Path.Combine(path, part);
            if (IsLink(path))
            {
                throw new TesseraException("TSR0824", tensor, $"external data at '{location}' is refused: '{part}' is a link.",
                    "Put the file itself into the folder of the model.");
            }
        }

        // Another name of a file may lie anywhere, and whoever gave it this one need not have been allowed to read it.
        return HardLinks.Count(path) is > 1 && File.Exists(path)
            ? throw new TesseraException("TSR0824", tensor, $"external data at '{location}' is refused: the file has other names, one of which may lie elsewhere.",
                "Put a copy of the file into the folder of the model.")
            : path;
    }

    // What is not there, or cannot be asked, is told when it is opened.
    private static bool IsLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is not null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
