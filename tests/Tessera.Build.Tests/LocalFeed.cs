using System.Reflection;
using Tessera.Testing;
using Xunit;

namespace Tessera.Build.Tests;

/// <summary>The packages of this build in a folder, and a folder for what projects restore, both of these tests alone.</summary>
public sealed class LocalFeed : IDisposable
{
    private static readonly string[] s_packed = ["compiler/Tessera.Ir", "compiler/Tessera.Nn", "runtime/Tessera.Kernels", "runtime/Tessera.Runtime", "compiler/Tessera.Build"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-build-");

    public LocalFeed()
    {
        foreach (string project in s_packed)
        {
            DotnetRun run = DotnetRun.In(Repository.Root, Restored, "pack", project, "-c", Metadata("Configuration"), "--no-build", "-o", Path.Combine(_folder.FullName, "feed"));
            Assert.True(run.Exit == 0, run.Output);
        }
    }

    /// <summary>The version of the packages.</summary>
    public static string Version => Metadata("Version");

    /// <summary>Where projects restore to.</summary>
    public string Restored => Path.Combine(_folder.FullName, "restored");

    /// <summary>The package of a name.</summary>
    public string Package(string id) => Path.Combine(_folder.FullName, "feed", $"{id}.{Version}.nupkg");

    /// <summary>A project of its own in an empty folder, which sees these packages and those that this repository has restored.</summary>
    public ProjectFolder Project(string name) => new(this, Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N")[..8]), name);

    /// <summary>Sources of packages: this feed and what has been restored before; no network.</summary>
    public string NuGetConfig => $"""
        <configuration>
          <packageSources><clear /><add key="feed" value="{Path.Combine(_folder.FullName, "feed")}" /></packageSources>
          <fallbackPackageFolders><clear /><add key="restored before" value="{Metadata("Packages")}" /></fallbackPackageFolders>
        </configuration>
        """;

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Metadata(string key) =>
        typeof(LocalFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
