namespace Tessera.Runtime;

/// <summary>Looks at a model file before ONNX Runtime does, whose own messages do not tell a missing file from a broken one.</summary>
internal static class ModelFile
{
    /// <exception cref="TesseraRuntimeException">TSR0700, TSR0701, TSR0703.</exception>
    public static void Check(string path)
    {
        if (!File.Exists(path))
            throw RuntimeErrors.FileMissing(path, Directory.Exists(path));
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.ReadByte() < 0)
                throw RuntimeErrors.ModelEmpty($"'{path}'");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw RuntimeErrors.FileUnreadable(path, failure);
        }
    }
}
