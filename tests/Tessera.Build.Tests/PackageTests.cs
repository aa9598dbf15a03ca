using Tessera.Testing;
using Xunit;

namespace Tessera.Build.Tests;

/// <summary>What is packed: exactly these packages, what each carries, and each of use by itself.</summary>
public sealed class PackageTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    // The package whose files are the tool's and the targets' alone has nothing to look up.
    private const string WithoutSymbols = "Tessera.Build";

    private static readonly string[] s_ids =
        [WithoutSymbols, "Tessera.Cli", "Tessera.Compiler", "Tessera.Ir", "Tessera.Kernels", "Tessera.Nn", "Tessera.Onnx", "Tessera.Passes", "Tessera.Runtime"];

    public static TheoryData<string> Packages() => [.. s_ids];

    [Fact]
    public void The_solution_packs_these_and_no_others() =>
        Assert.Equal(
            s_ids.SelectMany(static id => new[] { $"{id}.{LocalFeed.Version}.nupkg", $"{id}.{LocalFeed.Version}.snupkg" })
                .Except([$"{WithoutSymbols}.{LocalFeed.Version}.snupkg"]).Order(StringComparer.Ordinal),
            LocalFeed.Packed);

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_carries_what_is_listed_and_no_place_of_the_machine_that_packed_it(string id)
    {
        PackageFile package = new(feed.Package(id));
        Golden.Check($"packages/{id}.txt", package.Describe(LocalFeed.Version));
        Assert.Empty(package.Places(Repository.Root));
        if (id != WithoutSymbols)
        {
            Assert.Empty(new PackageFile(Path.ChangeExtension(feed.Package(id), ".snupkg")).Places(Repository.Root));
        }
    }

    [Theory]
    [InlineData("Tessera.Build")]
    [InlineData("Tessera.Cli")]
    public void The_tool_is_compiled_ahead_for_the_system_that_packs_it(string id)
    {
        PackageFile package = new(feed.Package(id));
        Assert.True(package.IsAhead($"tools/net10.0/{LocalFeed.System}/Tessera.Ir.dll"));
        Assert.False(package.IsAhead("tools/net10.0/any/Tessera.Ir.dll"));
    }

    // For more systems than the one that packs their runtimes would be fetched, which no test does.
    [Theory]
    [InlineData("Tessera.Build")]
    [InlineData("Tessera.Cli")]
    public void The_tool_is_compiled_ahead_for_none_where_that_is_asked_for(string id)
    {
        using ProjectFolder folder = feed.Project(id);
        PackageFile package = feed.Pack(id, folder.Root, "-p:TesseraToolRuntimes=none");
        Assert.False(package.IsAhead("tools/net10.0/any/Tessera.Ir.dll"));
        Assert.DoesNotContain(package.Files, static f => f.StartsWith($"tools/net10.0/{LocalFeed.System}/", StringComparison.Ordinal));

        // Then this system, too, finds ONNX Runtime in the form for all.
        Assert.Contains(package.Files, static f => f.StartsWith($"tools/net10.0/any/runtimes/{LocalFeed.System}/native/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_compiler_alone_compiles_and_runs_and_the_tool_does_what_it_does()
    {
        using ProjectFolder app = feed.Project("app").With(Reference("Tessera.Compiler") + """<PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.1" />""");
        app.Write("First.cs", Sources.Module("First"));
        app.Write("Program.cs", """
            using Tessera.Compiler;
            using Tessera.Runtime;

            CompiledModel model = ModelCompiler.Compile(new Models.First(), new CompileOptions { Batch = Batching.Packed });
            using ModelSession session = model.OpenSession();
            PackedBatch batch = new BatchBuilder().AddTokens("x", "n", new float[][] { new float[8], new float[4] }, 4).Pack();
            using RunResult result = session.Run(batch.Inputs);
            Console.WriteLine($"it gives {result["output"]}");
            model.Save("first.onnx");
            """);
        Assert.Contains("it gives output: f32[2, 3]", app.Succeed("run").Output, StringComparison.Ordinal);

        app.Succeed("tool", "install", "Tessera.Cli", "--version", LocalFeed.Version, "--tool-path", app["tool"]);
        string tool = app[OperatingSystem.IsWindows() ? "tool/tessera.exe" : "tool/tessera"];
        app.SucceedWith(tool, "compile", Path.Combine(app.Output, "app.dll"), "--module", "First", "--batch", "packed", "-o", "tool.onnx");
        Assert.Equal(File.ReadAllBytes(app["first.onnx"]), File.ReadAllBytes(app["tool.onnx"]));
        app.SucceedWith(tool, "optimize", "tool.onnx", "-o", "optimized.onnx", "--target", "tessera", "--verify");

        string any = Path.Combine(feed.Restored, "..", "any");
        System.IO.Compression.ZipFile.ExtractToDirectory(feed.Package("Tessera.Cli"), any);

        // The form for all systems carries the libraries of those that have no form of their own; this one's are lent to it.
        string natives = Path.Combine(any, "tools/net10.0/any/runtimes", LocalFeed.System, "native");
        Directory.CreateDirectory(natives);
        foreach (string native in Directory.EnumerateFiles(Path.Combine(any, "tools/net10.0", LocalFeed.System), "*onnxruntime*"))
        {
            File.Copy(native, Path.Combine(natives, Path.GetFileName(native)));
        }

        app.SucceedWith("dotnet", Path.Combine(any, "tools/net10.0/any/tessera.dll"), "optimize", "tool.onnx", "-o", "any.onnx", "--target", "tessera", "--verify");
        Assert.Equal(File.ReadAllBytes(app["optimized.onnx"]), File.ReadAllBytes(app["any.onnx"]));
    }

    [Fact]
    public void A_project_has_the_generator_once_and_the_tool_that_is_compiled_for_its_system()
    {
        using ProjectFolder app = feed.Project("app").With(Reference("Tessera.Compiler") + ProjectFolder.Build, isApp: false);
        string told = app.Succeed("build", "-t:ResolveLockFileAnalyzers", "-getItem:Analyzer", "-getProperty:TesseraTool").Output;
        Assert.Contains($"tools/net10.0/{LocalFeed.System}/tessera.dll", told, StringComparison.Ordinal);
        Assert.Single(told.Split('\n'), static l => l.Contains("\"Identity\"", StringComparison.Ordinal) && l.Contains("Tessera.Generators.dll", StringComparison.Ordinal));
    }

    private static string Reference(string id) => $"""<PackageReference Include="{id}" Version="{LocalFeed.Version}" />""";
}
