using Xunit;

namespace Tessera.Build.Tests;

/// <summary>Models of projects in F# and Visual Basic, where no generator runs.</summary>
public sealed class OtherLanguageTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    [Theory]
    [InlineData("fsproj", "<Compile Include=\"Program.fs\" />", "printfn \"%O\" (Tessera.Runtime.ModelSession.Open(System.IO.Path.Combine(System.AppContext.BaseDirectory, \"models\", \"app\", \"First.onnx\")))")]
    [InlineData("vbproj", "", """
        Module Program
            Sub Main()
                System.Console.WriteLine(Tessera.Runtime.ModelSession.Open(System.IO.Path.Combine(System.AppContext.BaseDirectory, "models", "app", "First.onnx")))
            End Sub
        End Module
        """)]
    public void Other_languages_have_models_and_are_told_that_they_have_no_sessions(string project, string items, string program)
    {
        using ProjectFolder maker = feed.Project("maker").With(ProjectFolder.Build + """<OnnxModel Include="First" Batch="dense" />""", isApp: false);
        maker.Write("First.cs", Sources.Module("First"));
        maker.Succeed("build");
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + ProjectFolder.Runtime + items + """<OnnxModel Include="First.onnx" />""");
        File.Move(app.File, Path.ChangeExtension(app.File, project));
        File.Copy(Path.Combine(maker.Output, "models", "maker", "First.onnx"), app["First.onnx"]);
        app.Write($"Program.{project[..2]}", program);
        DotnetRun built = app.Succeed("build");
        Assert.Equal(1, built.Starts);
        Assert.Contains("Typed sessions are written in C# alone", built.Output, StringComparison.Ordinal);
        Assert.Contains("output: f32[batch, 3]", app.Succeed("run", "--no-build").Output, StringComparison.Ordinal);
    }
}
