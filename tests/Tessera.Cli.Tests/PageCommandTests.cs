using System.Text.RegularExpressions;
using Tessera.Testing;
using Xunit;

namespace Tessera.Cli.Tests;

/// <summary>Commands that the README and the pages write out are ones that the tool takes.</summary>
public partial class PageCommandTests
{
    public static TheoryData<string> Lines() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "compiler", "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md"))
            .SelectMany(static page => Command().Matches(File.ReadAllText(page)))
            .Select(static m => m.Groups[1].Value.Trim())
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_command_of_a_page_is_understood(string line) =>
        Assert.Empty(Cli.Root(new Terminal(TextWriter.Null, TextWriter.Null)).Parse(line["tessera ".Length..]).Errors.Select(static e => e.Message));

    [Fact]
    public void What_is_no_command_is_not_understood() =>
        Assert.NotEmpty(Cli.Root(new Terminal(TextWriter.Null, TextWriter.Null)).Parse("optimize in.onnx -o out.onnx --no-such-option").Errors);

    // With a file or folder: a command's bare name is a word of a sentence.
    [GeneratedRegex(@"(?:`|^    )(tessera \w+ [\w.]*(?:\.\w+|FOLDER)\b[^`\r\n]*)", RegexOptions.Multiline)]
    private static partial Regex Command();
}
