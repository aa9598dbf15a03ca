using Tessera.Testing.FileTests;
using Xunit;

namespace Tessera.Passes.Tests;

public class FileTests
{
    public static TheoryData<string> Files =>
    [
        .. ((string[])["canonicalize", "fusion", "batching", "lowering", "verifier", "issues"]).SelectMany(FileTestRunner.Files),
    ];

    [Theory]
    [InlineData("canonicalize")]
    [InlineData("fusion")]
    [InlineData("batching")]
    [InlineData("lowering")]
    [InlineData("verifier")]
    [InlineData("issues")]
    public void Every_folder_has_files(string folder) => Assert.NotEmpty(FileTestRunner.Files(folder));

    [Theory]
    [MemberData(nameof(Files))]
    public void Passes_make_of_a_graph_what_its_file_says(string file)
    {
        Assert.EndsWith(".ir", file, StringComparison.Ordinal);
        FileTestRunner.Run(file);
    }
}
