using System.Text.RegularExpressions;
using Tessera.Ir.Text;
using Tessera.Passes;
using Tessera.Testing;
using Tessera.Testing.FileTests;
using Xunit;

namespace Tessera.Compiler.Tests.Documentation;

/// <summary>The pages under <c>compiler/docs</c> say what is so: their code is compiled, their graphs are read and their cases run.</summary>
public partial class PageTests
{
    private const string Cases = "// run:";
    private static readonly Lazy<string[]> s_sources = new(static () => [.. Repository.Sources("compiler", "runtime", "examples", "tests/Tessera.Build.Tests").Select(static path => Flat(Repository.Read(path)))]);

    public static TheoryData<string, int> Blocks
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string page in Pages())
            {
                for (int i = 0; i < Of(page).Count; i++)
                {
                    data.Add(page, i);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Block_of_a_page_is_code_that_is_compiled_or_text_that_is_checked(string page, int index)
    {
        (string language, string text) = Of(page)[index];
        switch (language)
        {
            case "csharp":
                Assert.True(Compiled().Select(Flat).Contains(Flat(text)) || IsPartOfASource(text), $"{page}: no source has these lines:\n{text}");
                break;
            case "text" when text.StartsWith(Cases, StringComparison.Ordinal):
                Assert.All(FileTestCase.Parse(page, text), static c => Assert.Equal(c.Expected, FileTestRunner.Actual(c)));
                break;
            case "text":
                Assert.Equal(Comment().Replace(text, "") + "\n", Printer.Print(Parser.Parse(text, page)));
                break;
            case "xml":
                Assert.Contains(Repository.Sources("tests/Tessera.Build.Tests"), path => Repository.Read(path).Contains(page, StringComparison.Ordinal));
                break;
            default:
                Assert.Fail($"{page}: blocks are csharp, text, or xml that a project is built of, not '{language}'.");
                break;
        }
    }

    [Fact]
    public void Rule_of_the_page_on_rules_does_what_its_cases_say()
    {
        string cases = Of("compiler/docs/writing-rules.md").Single(static b => b.Text.StartsWith(Cases, StringComparison.Ordinal)).Text;
        IReadOnlyList<FileTestCase> read = FileTestCase.Parse("writing-rules.md", cases);
        Assert.Equal(2, read.Count);
        Assert.All(read, static c => Assert.Equal(
            c.Expected, FileTestRunner.Actual(c, static _ => [Pipelines.Canonicalize, new RewritePass(new Samples.FuseNormBias())])));
    }

    // Whole files of the compiler, and marked parts of the samples.
    private static IEnumerable<string> Compiled() =>
    [
        Repository.Read("compiler", "Tessera.Ir", "Ops", "Activation", "Mish.cs").Trim(),
        .. Repository.Sources("tests/Tessera.Compiler.Tests/Samples").Select(static path => Repository.Read(path))
            .SelectMany(static source => Sample().Matches(source))
            .Select(static m => m.Groups[1].Value.Trim()),
    ];

    // Lines one after another in what is built, programs that tests build among it, however deep they stand there.
    private static bool IsPartOfASource(string text) =>
        s_sources.Value.Any(source => source.Contains(Flat(text), StringComparison.Ordinal));

    private static string Flat(string text) => string.Concat(text.Split('\n').Select(static line => line.Trim() + "\n"));

    private static IEnumerable<string> Pages() => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "compiler", "docs"), "*.md", SearchOption.AllDirectories)
        .Select(static f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    private static List<(string Language, string Text)> Of(string page) =>
        [.. Fence().Matches(Repository.Read(page)).Select(static m => (m.Groups[1].Value, m.Groups[2].Value.Trim()))];

    [GeneratedRegex("^```(\\w*)\\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"// sample: \w+\n(.*?)// end", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex("  # .*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
