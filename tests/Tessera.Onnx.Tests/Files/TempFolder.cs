namespace Tessera.Onnx.Tests.Files;

/// <summary>A folder of its own for one test, removed with all it holds.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-");

    public string Path => _folder.FullName;

    public IEnumerable<string> Names => _folder.EnumerateFiles().Select(static f => f.Name).Order(StringComparer.Ordinal);

    public string File(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
