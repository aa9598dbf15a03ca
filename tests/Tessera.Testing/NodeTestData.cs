using System.Diagnostics;
using System.Formats.Tar;
using System.Security.Cryptography;
using Xunit;

namespace Tessera.Testing;

/// <summary>
/// Finds the ONNX node tests: the folder (or archive) named by <c>ONNX_NODE_TESTS</c>, else a <c>shared/data</c> beside
/// the checkout. An archive is unpacked once into a temporary folder named by its content.
/// </summary>
public static class NodeTestData
{
    private const string ArchiveName = "onnx-node-tests.tar.xz";

    private static readonly Lazy<(string? Folder, string Reason)> s_found = new(Find);

    /// <summary>The folder that holds one folder per test; skips the calling test with the reason where there is none.</summary>
    public static string RequireFolder()
    {
        Skip.If(s_found.Value.Folder is null, s_found.Value.Reason);
        return s_found.Value.Folder!;
    }

    private static (string? Folder, string Reason) Find()
    {
        var source = Environment.GetEnvironmentVariable("ONNX_NODE_TESTS") ?? FindBesideCheckout();
        return source switch
        {
            null => (null, "neither ONNX_NODE_TESTS nor a shared/data folder beside the checkout names the ONNX node tests"),
            _ when File.Exists(source) => Unpack(source),
            _ when File.Exists(Path.Combine(source, ArchiveName)) => Unpack(Path.Combine(source, ArchiveName)),
            _ when Directory.Exists(source) => (source, ""),
            _ => (null, $"ONNX_NODE_TESTS names '{source}', which does not exist"),
        };
    }

    private static string? FindBesideCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data");
            if (File.Exists(Path.Combine(data, ArchiveName))) return data;
        }

        return null;
    }

    private static (string? Folder, string Reason) Unpack(string archive)
    {
        using var content = File.OpenRead(archive);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
        var target = Path.Combine(Path.GetTempPath(), $"tessera-node-tests-{hash}");
        if (Directory.Exists(target)) return (target, "");

        // Unpacked beside and renamed: another test process sees all of it or nothing.
        var partial = $"{target}.{Environment.ProcessId}";
        if (Extract(archive, partial) is { } failure) return (null, failure);
        try
        {
            Directory.Move(partial, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            Directory.Delete(partial, recursive: true);
        }

        return (target, "");
    }

    /// <summary>Null, or why it could not be done: .NET reads tar but not xz, so the <c>xz</c> program does that.</summary>
    private static string? Extract(string archive, string folder)
    {
        try
        {
            var start = new ProcessStartInfo("xz", ["--decompress", "--stdout", archive]) { RedirectStandardOutput = true };
            using var xz = Process.Start(start)!;
            Directory.CreateDirectory(folder);
            TarFile.ExtractToDirectory(xz.StandardOutput.BaseStream, folder, overwriteFiles: false);
            xz.WaitForExit();
            return xz.ExitCode == 0 ? null : $"xz could not unpack '{archive}': exit code {xz.ExitCode}";
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return $"'{archive}' needs the xz program: {error.Message}";
        }
    }
}
