using Tessera.Ir;
using Tessera.Testing.Malformed;
using Xunit;

namespace Tessera.Cli.Tests;

/// <summary>Files that nobody meant well with: each is refused by its code or carried through, in bounded time and memory.</summary>
public sealed class MalformedTests : IDisposable
{
    private const long MostAllocated = 2L << 30;
    private const long MostAllocatedToRefuse = 200L << 20;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Names { get; } = [.. MalformedCase.All.Select(static c => c.Name)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void There_are_cases_enough_and_each_has_a_name_of_its_own()
    {
        Assert.True(MalformedCase.All.Count >= 60, $"{MalformedCase.All.Count} cases");
        Assert.Distinct(MalformedCase.All.Select(static c => c.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reading_optimising_and_writing_end_as_they_should(string name)
    {
        MalformedCase one = Written(name);
        BoundedRun run = BoundedRun.OfFile(_folder[MalformedCase.File], s_longest);
        Assert.Null(run.Defect);
        if (one.Code is null)
        {
            Assert.Null(run.Error);
        }
        else
        {
            TesseraException refused = Assert.IsType<TesseraException>(run.Error);
            Assert.Equal(one.Code, refused.Code);
            Assert.Contains(MalformedCase.File, refused.Message, StringComparison.Ordinal);
        }

        Assert.True(run.Allocated < (one.Code is null ? MostAllocated : MostAllocatedToRefuse), $"{run.Allocated} bytes were allocated");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_tool_says_why_in_one_line_and_leaves_nothing_half_written(string name)
    {
        MalformedCase one = Written(name);
        string[] before = Files();
        ToolRun? run = null;
        Assert.Null(BoundedRun.Of(() => run = ToolRun.Of("optimize", _folder[MalformedCase.File], "-o", _folder["out/result.onnx"]), s_longest).Defect);
        string[] written = [.. Files().Except(before)];
        if (one.Code is null)
        {
            Assert.Equal((0, ""), (run!.Exit, run.Exit == 0 ? "" : run.Error));
            Assert.All(written, static f => Assert.StartsWith("result.onnx", Path.GetFileName(f), StringComparison.Ordinal));
            return;
        }

        Assert.Equal(2, run!.Exit);
        Assert.Empty(written);
        string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"error {one.Code}", line, StringComparison.Ordinal);
        Assert.Contains(MalformedCase.File, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("functions that nest as deep as they may", "--max-depth", "10")]
    [InlineData("ten thousand inputs", "--max-nodes", "0")]
    [InlineData("raw data given twice", "--max-bytes", "23")]
    public void Limits_are_options(string name, string option, string value)
    {
        Written(name);
        ToolRun run = ToolRun.Of("optimize", _folder[MalformedCase.File], "-o", _folder["out/result.onnx"], option, value);
        Assert.Equal(2, run.Exit);
        Assert.StartsWith("error TSR0830", run.Error, StringComparison.Ordinal);
    }

    private MalformedCase Written(string name)
    {
        MalformedCase one = MalformedCase.All.Single(c => c.Name == name);
        Directory.CreateDirectory(_folder["out"]);
        one.Write(_folder.Root);
        return one;
    }

    private string[] Files() => Directory.GetFiles(_folder.Root, "*", SearchOption.AllDirectories);
}
