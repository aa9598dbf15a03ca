using Tessera.Testing.FileTests;
using Xunit;

namespace Tessera.Passes.Tests;

public class FileTests
{
    public static TheoryData<string> Files => [.. FileTestRunner.Files("canonicalize"), .. FileTestRunner.Files("fusion"), .. FileTestRunner.Files("lowering")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Passes_make_of_a_graph_what_its_file_says(string file)
    {
        Assert.EndsWith(".ir", file, StringComparison.Ordinal);
        FileTestRunner.Run(file);
    }
}
