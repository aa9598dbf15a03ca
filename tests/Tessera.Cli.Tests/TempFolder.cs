namespace Tessera.Cli.Tests;

/// <summary>A folder of a test's own, gone when it ends.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-cli-");

    public string this[string name] => Path.Combine(_folder.FullName, name);

    public string Root => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
