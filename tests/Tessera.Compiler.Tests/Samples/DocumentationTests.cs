using System.Text.RegularExpressions;
using Tessera.Ir.Text;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.Samples;

/// <summary>The README says what is so: its code is what is compiled here, its graphs are what comes out.</summary>
public partial class DocumentationTests
{
    public static TheoryData<string, string> Samples() => new()
    {
        { "Block.cs", "block" },
        { "RunPacked.cs", "run" },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Code_of_the_readme_is_compiled(string file, string sample)
    {
        string source = Repository.Read("tests", "Tessera.Compiler.Tests", "Samples", file);
        string body = source.Split($"// sample: {sample}\n")[1].Split("// end")[0];
        Assert.Contains(Dedent(body), Blocks("csharp"));
    }

    [Fact]
    public void Every_code_block_of_the_readme_is_a_sample() => Assert.Equal(Samples().Count, Blocks("csharp").Count);

    [Fact]
    public void Packed_batch_of_the_readme_runs()
    {
        float[][] images = [.. new[] { 3, 1, 5 }.Select(static n => Enumerable.Range(0, n * 64).Select(static i => MathF.Sin(i)).ToArray())];
        float[] last = RunPacked.Last(images);
        float[] alone = RunPacked.Last([images[2]]);
        Assert.Equal(64, last.Length);
        Assert.All(last.Zip(alone), static p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    [Fact]
    public void Graphs_of_the_readme_are_what_the_compiler_makes()
    {
        CompiledModel model = ModelCompiler.Compile(new AttentionOnly(), new CompileOptions { Batch = Batching.Packed });
        Assert.Equal(
            [Printer.Print(model.Single).TrimEnd(), Printer.Print(model.Graph).TrimEnd()],
            Blocks("text").Where(static b => b.StartsWith("graph", StringComparison.Ordinal)));
    }

    private static List<string> Blocks(string language) =>
        [.. Fence().Matches(Repository.Read("README.md")).Where(m => m.Groups[1].Value == language).Select(static m => m.Groups[2].Value.Trim())];

    private static string Dedent(string code)
    {
        string[] lines = code.TrimEnd().Split('\n');
        int indent = lines.Where(static l => l.Trim().Length > 0).Min(static l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length >= indent ? l[indent..] : l.Trim())).Trim();
    }

    [GeneratedRegex("```(\\w+)\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
