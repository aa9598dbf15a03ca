using Xunit;

namespace Tessera.Build.Tests;

/// <summary>Models that Tessera.Nn brings.</summary>
public sealed class LibraryModelTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    [Fact]
    public void A_project_without_a_module_compiles_one_of_the_library_and_runs_it()
    {
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + ProjectFolder.Runtime + """<OnnxModel Include="NaViT" Preset="Ti16" Batch="packed" />""");
        app.Write("Program.cs", """
            // Images of 1 x 2 and 1 x 1 patches.
            using app.NaViTSession session = new();
            using app.NaViTSession.Outputs result = session.Run(new float[3 * 768], new long[3], new long[] { 0, 1, 0 }, new long[] { 1, 1 }, new long[] { 2, 1 }, new[] { 0, 2, 3 });
            Console.WriteLine($"gives {result}");
            """);
        Assert.Contains("gives embedding: f32[2, 192]", app.Succeed("run").Output, StringComparison.Ordinal);
    }
}
