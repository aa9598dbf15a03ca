using Xunit;

namespace Tessera.Build.Tests;

/// <summary>What the package Tessera.Runtime adds to a build: a word when nothing could be run, and no library that nothing loads.</summary>
public sealed class NativeLibraryTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    private const string Warning = "warning TSR0706";
    private const string Ort = """<PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.1" />""";
    private static readonly string s_runtime = $"""<PackageReference Include="Tessera.Runtime" Version="{LocalFeed.Version}" />""";

    [Fact]
    public void An_application_without_it_is_told_by_the_build_and_by_the_session()
    {
        using ProjectFolder app = feed.Project("app").With(s_runtime);
        app.Write("Program.cs", """
            File.WriteAllBytes("m.onnx", [8, 10]);
            Tessera.Runtime.ModelSession.Open("m.onnx").Dispose();
            """);
        Assert.Contains(Warning, app.Succeed("build").Output, StringComparison.Ordinal);
        DotnetRun run = app.Run("run", "--no-build");
        Assert.NotEqual(0, run.Exit);
        Assert.Contains("TSR0706", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "<NoWarn>$(NoWarn);TSR0706</NoWarn>", true)]
    [InlineData("", "", false)]
    [InlineData(Ort, "", true)]
    [InlineData(Ort, "<RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>false</SelfContained>", true)]
    [InlineData("""<None Include="libonnxruntime.so" CopyToOutputDirectory="PreserveNewest" />""", "", true)]
    [InlineData("""<PackageReference Include="Microsoft.ML.OnnxRuntime.Gpu.Like" Version="1.0.0" />""", "", true)]
    [InlineData("""<PackageReference Include="Microsoft.ML.OnnxRuntime.Gpu.Like" Version="1.0.0" />""", "<RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>false</SelfContained>", true)]
    public void A_build_says_nothing_where_it_is_there_or_is_not_needed(string items, string properties, bool isApp)
    {
        if (items.Contains("Gpu", StringComparison.Ordinal))
        {
            PackAnother();
        }

        using ProjectFolder app = feed.Project("app").With(s_runtime + items, isApp, properties);
        app.Write("libonnxruntime.so", "");
        Assert.DoesNotContain("TSR0706", app.Succeed("build", "-t:TesseraFindNativeLibrary").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Ort, "osx-x64")]
    [InlineData("""<None Include="libonnxruntime.so" CopyToOutputDirectory="PreserveNewest" />""", "win-x64")]
    public void A_library_of_another_system_does_not_count(string items, string system)
    {
        using ProjectFolder app = feed.Project("app").With(s_runtime + items, properties: $"<RuntimeIdentifier>{system}</RuntimeIdentifier><SelfContained>false</SelfContained><UseAppHost>false</UseAppHost>");
        app.Write("libonnxruntime.so", "");
        Assert.Contains(Warning, app.Succeed("build", "-t:TesseraFindNativeLibrary").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_application_carries_the_libraries_of_desktops_once()
    {
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Runtime);
        app.Write("Program.cs", "return;");
        app.Succeed("publish", "-o", app["out"]);
        string[] natives = [.. Directory.EnumerateFiles(app["out"], "*onnxruntime*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(app["out"], f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Assert.Equal(
        [
            "runtimes/linux-arm64/native/libonnxruntime.so", "runtimes/linux-arm64/native/libonnxruntime_providers_shared.so",
            "runtimes/linux-x64/native/libonnxruntime.so", "runtimes/linux-x64/native/libonnxruntime_providers_shared.so",
            "runtimes/osx-arm64/native/libonnxruntime.dylib",
            "runtimes/win-arm64/native/onnxruntime.dll", "runtimes/win-arm64/native/onnxruntime_providers_shared.dll",
            "runtimes/win-x64/native/onnxruntime.dll", "runtimes/win-x64/native/onnxruntime_providers_shared.dll",
        ], natives);
    }

    // Laid out as ONNX Runtime's packages for GPUs are.
    private void PackAnother()
    {
        string made = Path.Combine(Path.GetDirectoryName(feed.Package("Tessera.Build"))!, "Microsoft.ML.OnnxRuntime.Gpu.Like.1.0.0.nupkg");
        if (File.Exists(made))
        {
            return;
        }

        using ProjectFolder package = feed.Project("Microsoft.ML.OnnxRuntime.Gpu.Like").With(
            """<None Include="libonnxruntime.so" Pack="true" PackagePath="runtimes/linux-x64/native" />""", isApp: false,
            "<Version>1.0.0</Version><Authors>nobody</Authors><IncludeBuildOutput>false</IncludeBuildOutput><NoWarn>NU5128</NoWarn>");
        package.Write("libonnxruntime.so", "");
        package.Succeed("pack", "-o", Path.GetDirectoryName(made)!);
    }
}
