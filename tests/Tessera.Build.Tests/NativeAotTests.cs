using System.Diagnostics;
using Tessera.Testing;
using Xunit;

namespace Tessera.Build.Tests;

/// <summary>Example 07 as a project of a user's, published as native code and trimmed.</summary>
public sealed class NativeAotTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    private const string Example = "examples/07-native-aot";
    private const string Page = "compiler/docs/deploy.md";
    private const long MostBytes = 40_000_000;
    private static readonly string[] s_linkers = ["clang", "gcc"];

    [SkippableFact]
    public void The_example_is_native_code_with_what_it_needs_and_starts_at_once()
    {
        Skip.IfNot(LocalFeed.Has($"runtime.{LocalFeed.System}.Microsoft.DotNet.ILCompiler"), "the package of the native compiler is not there");
        Skip.IfNot(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() || s_linkers.Any(IsInPath), "there is neither clang nor gcc");
        using ProjectFolder app = Copy("<PublishAot>true</PublishAot>");
        Assert.DoesNotContain("warning", app.Succeed("publish", "-r", LocalFeed.System, "-o", app["out"]).Output, StringComparison.Ordinal);

        string[] files = [.. Directory.EnumerateFiles(app["out"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(app["out"], f).Replace('\\', '/'))];
        string[] carried = [.. files.Where(static f => !f.StartsWith("models/", StringComparison.Ordinal) && !f.EndsWith(".dbg", StringComparison.Ordinal) && !f.EndsWith(".pdb", StringComparison.Ordinal))];
        Assert.InRange(carried.Sum(f => new FileInfo(Path.Combine(app["out"], f)).Length), 1, MostBytes);
        Assert.DoesNotContain(carried, static f => f.EndsWith(".dll", StringComparison.Ordinal) && !OperatingSystem.IsWindows());
        Assert.Contains("models/digits/Digits.onnx", files);

        TimeSpan[] took = [.. Enumerable.Range(0, 3).Select(_ => Run(app))];
        Assert.InRange(took.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [SkippableFact]
    public void The_example_runs_trimmed()
    {
        Skip.IfNot(LocalFeed.Has($"Microsoft.NETCore.App.Runtime.{LocalFeed.System}"), "the package of the runtime is not there");
        using ProjectFolder app = Copy("<PublishTrimmed>true</PublishTrimmed>");
        Assert.DoesNotContain("warning", app.Succeed("publish", "-r", LocalFeed.System, "-o", app["out"]).Output, StringComparison.Ordinal);
        Assert.False(File.Exists(app["out/Tessera.Ir.dll"]), "the compiler's assemblies are not carried by what runs no compiler");
        Run(app);
    }

    private static TimeSpan Run(ProjectFolder app)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string output = app.SucceedWith(app[OperatingSystem.IsWindows() ? "out/digits.exe" : "out/digits"]).Output;
        TimeSpan took = watch.Elapsed;
        Assert.Equal(Repository.Read(Example, "README.md").Split("```\n")[^2].TrimEnd(), output.ReplaceLineEndings("\n").TrimEnd());
        return took;
    }

    // The project of the page on deploying, published in another way where it is asked.
    private ProjectFolder Copy(string how)
    {
        string[] page = Repository.Read(Page).Split("```xml\n")[1].Split("```")[0].Split("</PropertyGroup>\n");
        string items = page[1].Replace("<ItemGroup>", "", StringComparison.Ordinal).Replace("</ItemGroup>", "", StringComparison.Ordinal);
        ProjectFolder app = feed.Project("digits").With(items, properties: page[0].Replace("<PropertyGroup>", "", StringComparison.Ordinal).Replace("<PublishAot>true</PublishAot>", how, StringComparison.Ordinal));
        foreach (string name in new[] { "Digits.cs", "Glyphs.cs", "Program.cs", "digits.safetensors" })
        {
            File.Copy(Path.Combine(Repository.Root, Example, name), app[name]);
        }

        return app;
    }

    private static bool IsInPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
