using System.Runtime.CompilerServices;

namespace Tessera.Generators.Tests.Infra;

/// <summary>Files of the working tree, found from where this file was compiled.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] Files(string folder) => [.. Directory.GetFiles(Path.Combine(Root, folder), "*.cs").Order(StringComparer.Ordinal)];

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
