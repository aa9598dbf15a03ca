using Tessera.Testing;
using Xunit;

namespace Tessera.Build.Tests;

/// <summary>Projects built by the packages as a user builds them.</summary>
public sealed class BuildTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    private const string Two = """<OnnxModel Include="Models.First" Batch="packed" /><OnnxModel Include="Second" Name="Other" Batch="dense" ExternalData="true" />""";

    [Fact]
    public void A_console_app_of_three_packages_and_a_module_runs_it()
    {
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + ProjectFolder.Runtime + """<OnnxModel Include="First" Batch="packed" />""");
        app.Write("First.cs", Sources.Module("First"));
        app.Write("Program.cs", "using Models;\n" + Sources.TypedProgram("First"));
        Assert.Contains("First gives output: f32[2, 3], 6 numbers", app.Succeed("run").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_five_models_the_one_that_has_changed_is_compiled()
    {
        string[] names = ["A", "B", "C", "D", "E"];
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + string.Concat(names.Select(static n => $"""<OnnxModel Include="{n}" Batch="packed" />""")), isApp: false);
        foreach (string name in names)
        {
            app.Write($"{name}.cs", Sources.Module(name));
        }

        Assert.Contains("Tessera: 5 models, 5 compiled", app.Succeed("build").Output, StringComparison.Ordinal);
        app.Write("C.cs", Sources.Module("C").Replace("axes: 0", "keepDims: true, axes: 0", StringComparison.Ordinal));
        DotnetRun changed = app.Succeed("build");
        Assert.Contains("Tessera: 5 models, 1 compiled, 5 traced", changed.Output, StringComparison.Ordinal);
        Assert.Equal(1, changed.Starts);
    }

    [Fact]
    public void Weights_files_and_the_tool_are_reasons_to_look_again()
    {
        using ProjectFolder maker = TwoModels("maker");
        maker.Succeed("build");
        string tool = feed.CopyOfTool();
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + """<OnnxModel Include="First" Weights="first.safetensors" /><OnnxModel Include="second.onnx" />""", isApp: false, $"<TesseraTool>{tool}</TesseraTool>");
        app.Write("First.cs", Sources.Module("First"));
        File.WriteAllBytes(app["first.safetensors"], Sources.Weights(1));
        string model = Path.Combine(maker.Output, "models", "maker", "First.onnx");
        File.Copy(model, app["second.onnx"]);
        Assert.Contains("Tessera: 2 models, 2 compiled", app.Succeed("build").Output, StringComparison.Ordinal);
        Assert.Equal(0, app.Succeed("build").Starts);

        File.WriteAllBytes(app["first.safetensors"], Sources.Weights(2));
        Assert.Contains("Tessera: 2 models, 1 compiled", app.Succeed("build").Output, StringComparison.Ordinal);
        File.SetLastWriteTimeUtc(app["first.safetensors"], DateTime.UtcNow);
        Assert.Contains("Tessera: 2 models, 0 compiled", app.Succeed("build").Output, StringComparison.Ordinal);
        File.SetLastWriteTimeUtc(tool, DateTime.UtcNow);
        Assert.Contains("Tessera: 2 models, 0 compiled", app.Succeed("build").Output, StringComparison.Ordinal);
        File.Copy(Path.Combine(maker.Output, "models", "maker", "Other.onnx"), app["second.onnx"], overwrite: true);
        File.Copy(Path.Combine(maker.Output, "models", "maker", "Other.onnx.data"), app["Other.onnx.data"]);
        File.SetLastWriteTimeUtc(app["second.onnx"], DateTime.UtcNow);
        Assert.Contains("Tessera: 2 models, 1 compiled", app.Succeed("build").Output, StringComparison.Ordinal);
        File.SetLastWriteTimeUtc(app["Other.onnx.data"], DateTime.UtcNow);
        Assert.Contains("Tessera: 2 models, 0 compiled", app.Succeed("build").Output, StringComparison.Ordinal);
        Assert.Equal(0, app.Succeed("build").Starts);
    }

    [Fact]
    public void What_is_exchanged_for_something_older_is_noticed()
    {
        using ProjectFolder maker = TwoModels("maker");
        maker.Succeed("build");
        string models = Path.Combine(maker.Output, "models", "maker");
        string tool = feed.CopyOfTool();
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + ProjectFolder.Runtime + """<OnnxModel Include="First" Weights="first.safetensors" /><OnnxModel Include="second.onnx" />""", isApp: false, $"<TesseraTool>{tool}</TesseraTool>");
        app.Write("First.cs", Sources.Module("First"));
        File.WriteAllBytes(app["first.safetensors"], Sources.Weights(1));
        File.Copy(Path.Combine(models, "First.onnx"), app["second.onnx"]);
        string signature = app["obj/Debug/net10.0/tessera/second.tessera-signature"];
        Assert.Contains("Tessera: 2 models, 2 compiled", app.Succeed("build").Output, StringComparison.Ordinal);
        Assert.Contains("cu_seqlens_n", File.ReadAllText(signature), StringComparison.Ordinal);

        File.WriteAllBytes(app["first.safetensors"], Sources.Weights(2));
        Assert.Contains("Tessera: 2 models, 1 compiled", Aged(app, "first.safetensors").Output, StringComparison.Ordinal);
        File.Copy(Path.Combine(models, "Other.onnx"), app["second.onnx"], overwrite: true);
        File.Copy(Path.Combine(models, "Other.onnx.data"), app["Other.onnx.data"]);
        DotnetRun other = Aged(app, "second.onnx");
        Assert.Contains("Tessera: 1 signatures", other.Output, StringComparison.Ordinal);
        Assert.Contains("Tessera: 2 models, 1 compiled", other.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("cu_seqlens_n", File.ReadAllText(signature), StringComparison.Ordinal);
        Assert.Equal(0, app.Succeed("build").Starts);

        byte[] data = File.ReadAllBytes(app["Other.onnx.data"]);
        data[0]++;
        File.WriteAllBytes(app["Other.onnx.data"], data);
        Assert.Contains("Tessera: 2 models, 1 compiled", Aged(app, "Other.onnx.data").Output, StringComparison.Ordinal);
        File.SetLastWriteTimeUtc(tool, new DateTime(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(2, app.Succeed("build").Starts);
        Assert.Equal(0, app.Succeed("build").Starts);

        static DotnetRun Aged(ProjectFolder app, string file)
        {
            File.SetLastWriteTimeUtc(app[file], new DateTime(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            return app.Succeed("build");
        }
    }

    [Fact]
    public void An_editor_knows_sessions_of_files_and_compiles_nothing_and_what_is_deleted_comes_back()
    {
        using ProjectFolder maker = TwoModels("maker");
        maker.Succeed("build");
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + ProjectFolder.Runtime + """<OnnxModel Include="my model.onnx" /><OnnxModel Include="First" Name="it's (a), b" />""");
        File.Copy(Path.Combine(maker.Output, "models", "maker", "First.onnx"), app["my model.onnx"]);
        app.Write("First.cs", Sources.Module("First"));
        app.Write("Program.cs", "_ = typeof(app.MyModelSession);");
        app.Succeed("restore");
        string[] design = ["msbuild", "-t:Compile", "-p:DesignTimeBuild=true", "-p:BuildingInsideVisualStudio=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-getItem:AdditionalFiles", "-getItem:EditorConfigFiles", "-v:m"];
        DotnetRun run = app.Succeed(design);
        Assert.Contains("my model.tessera-signature", run.Output, StringComparison.Ordinal);
        Assert.Contains("GeneratedMSBuildEditorConfig", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(app["obj/Debug/net10.0/tessera/my model.tessera-signature"]));
        Assert.Empty(Directory.EnumerateFiles(app["obj"], "*.onnx", SearchOption.AllDirectories));
        byte[] model = File.ReadAllBytes(app["my model.onnx"]);
        File.WriteAllText(app["my model.onnx"], "no model");
        Assert.Contains("my model.tessera-signature", app.Succeed(design).Output, StringComparison.Ordinal);
        Assert.Contains("error TSR0820", app.Run("build").Output, StringComparison.Ordinal);
        File.WriteAllBytes(app["my model.onnx"], model);
        app.Succeed("build");
        string[] models = ["it's (a), b.onnx", "my model.onnx"];
        Assert.Equal(models, Files(Path.Combine(app.Output, "models", "app")));

        foreach (string file in (string[])[.. models, "my model.tessera-signature"])
        {
            File.Delete(app[$"obj/Debug/net10.0/tessera/{file}"]);
        }

        Assert.Equal(2, app.Succeed("build").Starts);
        Assert.True(File.Exists(app["obj/Debug/net10.0/tessera/my model.tessera-signature"]));
    }

    [Fact]
    public void Of_several_frameworks_each_has_models_of_its_own_and_a_solution_builds_them()
    {
        const string Items = """
            <PackageReference Include="Tessera.Build" Version="{0}" Condition="'$(TargetFramework)' == 'net10.0'" />
            <OnnxModel Include="First" Condition="'$(TargetFramework)' == 'net10.0'" />
            <Compile Remove="First.cs" Condition="'$(TargetFramework)' != 'net10.0'" />
            """;
        using ProjectFolder library = feed.Project("library").With(string.Format(System.Globalization.CultureInfo.InvariantCulture, Items, LocalFeed.Version), isApp: false, "<LangVersion>latest</LangVersion>");
        File.WriteAllText(library.File, File.ReadAllText(library.File).Replace("<TargetFramework>net10.0</TargetFramework>", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>", StringComparison.Ordinal));
        library.Write("First.cs", Sources.Module("First"));
        library.Succeed("new", "sln", "--format", "sln", "-n", "all");
        library.Succeed("sln", "add", library.File);
        Assert.Equal(1, library.Succeed("build", "all.sln").Starts);
        Assert.Equal(["First.onnx"], Files(Path.Combine(library.Output, "models", "library")));
        Assert.False(Directory.Exists(library["bin/Debug/netstandard2.0/models"]));
        Assert.Equal(0, library.Succeed("build", "all.sln").Starts);
    }

    [Fact]
    public void Files_and_weights_are_watched()
    {
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + """<OnnxModel Include="First" Weights="first.safetensors" /><OnnxModel Include="second.onnx" />""", isApp: false);
        app.Succeed("restore");
        string watched = app.Succeed("msbuild", "-getItem:Watch").Output;
        Assert.Contains("first.safetensors", watched, StringComparison.Ordinal);
        Assert.Contains("second.onnx", watched, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tool_runs_when_it_must_and_compiles_what_has_changed()
    {
        using ProjectFolder app = TwoModels("app");
        DotnetRun first = app.Succeed("build");
        Assert.Contains("Tessera: 2 models, 2 compiled", first.Output, StringComparison.Ordinal);
        Assert.Equal(1, first.Starts);
        Assert.Equal(0, app.Succeed("build").Starts);

        app.Write("First.cs", Sources.Module("First", comment: "// It means the same."));
        Assert.Contains("Tessera: 2 models, 0 compiled", app.Succeed("build").Output, StringComparison.Ordinal);

        app.Write("First.cs", Sources.Module("First").Replace("axes: 0", "keepDims: true, axes: 0", StringComparison.Ordinal));
        DotnetRun changed = app.Succeed("build");
        Assert.Contains("Tessera: 2 models, 1 compiled", changed.Output, StringComparison.Ordinal);
        Assert.Equal(1, changed.Starts);
        Assert.Equal(0, app.Succeed("build").Starts);
    }

    [Fact]
    public void Models_are_copied_published_and_cleaned()
    {
        using ProjectFolder app = TwoModels("app");
        app.Succeed("build");
        string[] models = ["First.onnx", "Other.onnx", "Other.onnx.data"];
        Assert.Equal(models, Files(Path.Combine(app.Output, "models", "app")));
        app.Write("obj/Debug/net10.0/tessera/First.onnx.1-1.tmp", "of a build that was killed");
        app.Succeed("build");
        app.Succeed("publish", "-o", app["out"]);
        Assert.Equal(models, Files(app["out/models/app"]));
        app.Succeed("clean");
        Assert.False(File.Exists(Path.Combine(app.Output, "models", "app", "First.onnx")));
        Assert.Empty(Directory.EnumerateFiles(app["obj/Debug"], "*.onnx*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Two_clean_builds_in_different_folders_give_the_same_models_and_sources()
    {
        (string Name, string Hash)[][] built = [.. new[] { "app", "app" }.Select(name =>
        {
            using ProjectFolder app = TwoModels(name);
            app.Succeed("build", "-p:EmitCompilerGeneratedFiles=true");
            string models = Path.Combine(app.Output, "models", "app");
            string sources = app["obj/Debug/net10.0/generated"];
            Assert.Contains(Directory.EnumerateFiles(sources, "*FirstSession.g.cs", SearchOption.AllDirectories), static _ => true);
            return new[] { models, sources }.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => (Path.GetRelativePath(folder, file), Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))))).ToArray();
        })];
        Assert.Equal(built[0], built[1]);
    }

    [Fact]
    public void A_shape_error_is_a_build_error_at_its_line()
    {
        using ProjectFolder app = TwoModels("app");
        app.Write("First.cs", Sources.Module("First", width: 5));
        DotnetRun run = app.Run("build");
        Assert.NotEqual(0, run.Exit);
        Assert.Matches(@"First\.cs\(18\): error TSR0203: .*5 ≠ 6", run.Output);

        // Where symbols name sources by their place in a repository, the error names the file.
        app.Write("Directory.Build.targets", """<Project><ItemGroup><SourceRoot Include="$(MSBuildProjectDirectory)/" /></ItemGroup></Project>""");
        Assert.Contains($"{app["First.cs"]}(18): error TSR0203", app.Run("build", "-p:ContinuousIntegrationBuild=true").Output, StringComparison.Ordinal);
        app.Write("First.cs", Sources.Module("First"));
        app.Succeed("build");
    }

    [Fact]
    public void Gates_that_are_not_met_fail_the_build()
    {
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + """<OnnxModel Include="First" RequireFusion="fuse-attention:12;pack" />""", isApp: false);
        app.Write("First.cs", Sources.Module("First"));
        DotnetRun run = app.Run("build");
        Assert.NotEqual(0, run.Exit);
        Assert.Contains("error TSR0971", run.Output, StringComparison.Ordinal);
        app.With(ProjectFolder.Build + """<OnnxModel Include="First" RequireFusion="fuse-nothing" />""", isApp: false);
        Assert.Contains("First : error TSR0970: First: there is no rule 'fuse-nothing'", app.Run("build").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_app_gets_the_models_of_a_library_that_it_references()
    {
        using ProjectFolder library = feed.Project("library").With(ProjectFolder.Build + ProjectFolder.Runtime + """<OnnxModel Include="First" Batch="packed" />""", isApp: false);
        library.Write("First.cs", Sources.Module("First"));
        using ProjectFolder app = feed.Project("app").With($"""<ProjectReference Include="{library.File}" />""");
        app.Write("Program.cs", "using Models;\n" + Sources.TypedProgram("First"));
        Assert.Contains("First gives output: f32[2, 3], 6 numbers", app.Succeed("run").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_of_a_library_brings_its_models()
    {
        using ProjectFolder library = feed.Project("packedlibrary").With(ProjectFolder.Build + """<OnnxModel Include="First" Batch="packed" />""", isApp: false, "<Version>1.0.0</Version>");
        library.Write("First.cs", Sources.Module("First"));
        library.Succeed("pack", "-o", Path.GetDirectoryName(feed.Package("Tessera.Build"))!);
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Runtime + """<PackageReference Include="packedlibrary" Version="1.0.0" />""");
        app.Write("Program.cs", Sources.Program("packedlibrary", "First"));
        Assert.Contains("First gives output: f32[2, 3]", app.Succeed("run").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_a_project_that_runs()
    {
        using ProjectFolder maker = TwoModels("maker");
        maker.Succeed("build");
        string page = Repository.Read("compiler/docs/compile-in-the-build.md");
        string items = page.Split("```xml\n")[1].Split("```")[0].Replace("<ItemGroup>", "", StringComparison.Ordinal).Replace("</ItemGroup>", "", StringComparison.Ordinal);
        using ProjectFolder app = feed.Project("app").With(items + """<OnnxModel Include="models/recogniser.onnx" Name="Same" Optimize="false" /><FrameworkReference Include="Microsoft.AspNetCore.App" />""");
        Directory.CreateDirectory(app["models"]);
        File.Copy(Path.Combine(maker.Output, "models", "maker", "First.onnx"), app["models/recogniser.onnx"]);
        app.Write("Encoder.cs", Sources.Module("Encoder"));
        app.Write("Program.cs", "using app;\n" + Sources.PageProgram + """

            Console.WriteLine($"{result}, {same}, {read}; same: {vectors.SequenceEqual(buffer)}, one: {ReferenceEquals(recogniser, provider.GetRequiredService<RecogniserSession>())}");
            """);
        Assert.Contains("output: f32[2, 3], output: f32[2, 3], output: f32[2, 3]; same: True, one: True", app.Succeed("run").Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(app["models/recogniser.onnx"]), File.ReadAllBytes(Path.Combine(app.Output, "models", "app", "Same.onnx")));
    }

    [Fact]
    public void An_app_without_onnx_runtime_is_told_what_to_add()
    {
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + $"""<PackageReference Include="Tessera.Runtime" Version="{LocalFeed.Version}" /><OnnxModel Include="First" Batch="packed" />""");
        app.Write("First.cs", Sources.Module("First"));
        app.Write("Program.cs", Sources.Program("app", "First"));
        DotnetRun run = app.Run("run");
        Assert.NotEqual(0, run.Exit);
        Assert.Contains("TSR0706", run.Output, StringComparison.Ordinal);
    }

    private ProjectFolder TwoModels(string name)
    {
        ProjectFolder app = feed.Project(name).With(ProjectFolder.Build + ProjectFolder.Runtime + Two);
        app.Write("First.cs", Sources.Module("First"));
        app.Write("Second.cs", Sources.Module("Second"));
        app.Write("Program.cs", Sources.Program(name, "First"));
        return app;
    }

    private static string[] Files(string folder) => [.. Directory.EnumerateFiles(folder).Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
}
