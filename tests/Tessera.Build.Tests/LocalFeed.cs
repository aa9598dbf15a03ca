using System.Reflection;
using Tessera.Testing;
using Xunit;

namespace Tessera.Build.Tests;

/// <summary>The packages of this build in a folder, and a folder for what projects restore, both of these tests alone.</summary>
public sealed class LocalFeed
{
    // Packed once for all classes of tests, which run beside each other.
    private static readonly Lazy<string> s_folder = new(Pack);
    private readonly string _folder = s_folder.Value;

    /// <summary>What the solution packed, by name.</summary>
    public static string[] Packed { get; private set; } = [];

    /// <summary>The version of the packages.</summary>
    public static string Version => Metadata("Version");

    /// <summary>The system that packs, as packages name it.</summary>
    public static string System => Metadata("System");

    /// <summary>Whether the repository has restored a package, so that projects of these tests can have it.</summary>
    public static bool Has(string id) => Directory.Exists(Path.Combine(Metadata("Packages"), id.ToLowerInvariant()));

    /// <summary>Where projects restore to.</summary>
    public string Restored => Path.Combine(_folder, "restored");

    /// <summary>A package of the solution.</summary>
    public string Package(string id) => Path.Combine(_folder, "feed", $"{id}.{Version}.nupkg");

    /// <summary>Packs a project of the solution once more, otherwise, to a folder.</summary>
    internal PackageFile Pack(string id, string to, string property)
    {
        Pack($"compiler/{id}", _folder, to, property);
        return new(Path.Combine(to, $"{id}.{Version}.nupkg"));
    }

    /// <summary>A project of its own in an empty folder, which sees these packages and those that this repository has restored.</summary>
    public ProjectFolder Project(string name) => new(this, Path.Combine(_folder, Guid.NewGuid().ToString("N")[..8]), name);

    /// <summary>Sources of packages: this feed and what has been restored before; no network.</summary>
    public string NuGetConfig => $"""
        <configuration>
          <packageSources><clear /><add key="feed" value="{Path.Combine(_folder, "feed")}" /></packageSources>
          <fallbackPackageFolders><clear /><add key="restored before" value="{Metadata("Packages")}" /></fallbackPackageFolders>
        </configuration>
        """;

    /// <summary>The tool's assembly in a folder of its own, whose other files are links: its time may be changed.</summary>
    public string CopyOfTool()
    {
        string from = Metadata("Tool");
        string to = Path.Combine(_folder, Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(to);
        foreach (string entry in Directory.EnumerateFileSystemEntries(from))
        {
            string link = Path.Combine(to, Path.GetFileName(entry));
            _ = Path.GetFileName(entry) is "tessera.dll" ? Copied(entry, link)
                : Directory.Exists(entry) ? Directory.CreateSymbolicLink(link, entry) : File.CreateSymbolicLink(link, entry);
        }

        return Path.Combine(to, "tessera.dll");
    }

    private static FileInfo Copied(string from, string to) => new FileInfo(from).CopyTo(to);

    private static void Pack(string what, string folder, string to, params string[] more)
    {
        DotnetRun run = DotnetRun.In(Repository.Root, Path.Combine(folder, "restored"), ["pack", what, "-c", Metadata("Configuration"), "--no-build", "-o", to, .. more]);
        Assert.True(run.Exit == 0, run.Output);
    }

    private static string Pack()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-build-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        string feed = Path.Combine(folder.FullName, "feed");
        Pack("Compiler.sln", folder.FullName, feed);
        Packed = [.. Directory.EnumerateFiles(feed).Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        return folder.FullName;
    }

    private static string Metadata(string key) =>
        typeof(LocalFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
