using System.Text.RegularExpressions;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.Documentation;

/// <summary>A code means one thing in one project, and <c>compiler/docs/diagnostics.md</c> lists every one.</summary>
public partial class DiagnosticCodesTests
{
    private static readonly Section[] s_sections = [.. Sections(Repository.Read("compiler", "docs", "diagnostics.md"))];

    [Fact]
    public void Every_code_that_sources_give_is_documented_and_no_other() =>
        Assert.Equal(
            s_sections.SelectMany(static s => s.Codes.Select(code => $"{code} {s.Project}")).Order(StringComparer.Ordinal),
            Given().Select(static g => $"{g.Code} {g.Project}").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void No_code_is_given_by_two_projects() =>
        Assert.Empty(Given().Distinct().GroupBy(static g => g.Code).Where(static g => g.Count() > 1).Select(static g => $"{g.Key}: {string.Join(", ", g)}"));

    [Fact]
    public void Codes_lie_in_the_range_of_their_project_which_no_other_has()
    {
        Assert.All(s_sections, static s => Assert.All(s.Codes, code => Assert.InRange(Number(code), s.First, s.Last)));
        Assert.All(s_sections.OrderBy(static s => s.First).Zip(s_sections.OrderBy(static s => s.First).Skip(1)), static p => Assert.True(p.First.Last < p.Second.First));
    }

    [Fact]
    public void A_code_is_documented_once()
    {
        string[] codes = [.. s_sections.SelectMany(static s => s.Codes)];
        Assert.Equal(codes.Distinct().Count(), codes.Length);
    }

    [Fact]
    public void Codes_that_comments_and_tests_mention_are_documented()
    {
        HashSet<string> known = [.. s_sections.SelectMany(static s => s.Codes)];
        IEnumerable<string> unknown =
            from path in Repository.Sources("compiler", "runtime", "examples", "tests")
            from Match code in Code().Matches(Repository.Read(path))
            where !known.Contains(code.Value)
            select $"{path}: {code.Value}";
        Assert.Empty(unknown);
    }

    [Fact]
    public void Examples_give_no_code_of_the_house() =>
        Assert.Empty(
            from path in Repository.Sources("examples")
            from code in CodesGiven(Repository.Read(path))
            select $"{path}: {code}");

    [Theory]
    [InlineData("throw new TesseraException(\"TSR0101\", \"\", m);", "TSR0101")]
    [InlineData("throw Error($\"TSR0101 {place}: x\");", "TSR0101")]
    [InlineData("    /// <exception cref=\"E\">TSR0101: no.</exception>", null)]
    [InlineData("catch (E e) when (e.Code == \"TSR0101\")", null)]
    [InlineData("|| e is TesseraException { Code: \"TSR0101\" };", null)]
    public void A_code_is_given_where_it_stands_in_code_and_is_not_compared_with(string line, string? code) =>
        Assert.Equal(code is null ? [] : [code], CodesGiven(line));

    private static IEnumerable<(string Code, string Project)> Given() =>
        from path in Repository.Sources("compiler", "runtime")
        from code in CodesGiven(Repository.Read(path))
        select (code, path.Split('/')[1]);

    private static IEnumerable<string> CodesGiven(string source) =>
        from line in source.Split('\n')
        where !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && !Compared().IsMatch(line)
        from Match code in Code().Matches(line)
        select code.Value;

    private static IEnumerable<Section> Sections(string page) =>
        from Match heading in Heading().Matches(page)
        select new Section(
            heading.Groups[1].Value,
            Number(heading.Groups[2].Value),
            Number(heading.Groups[3].Value),
            [.. Row().Matches(heading.Groups[4].Value).Select(static m => m.Groups[1].Value)]);

    private static int Number(string code) => int.Parse(code.AsSpan(3), System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"TSR\d{4}\b")]
    private static partial Regex Code();

    [GeneratedRegex(@"Code(:| ==| is) ""TSR")]
    private static partial Regex Compared();

    [GeneratedRegex(@"^## ([\w.]+): (TSR\d{4}) to (TSR\d{4})\n(.*?)(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| (TSR\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    private sealed record Section(string Project, int First, int Last, string[] Codes);
}
