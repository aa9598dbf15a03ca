using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Testing.Malformed;
using Xunit;

namespace Tessera.Cli.Tests;

/// <summary>Files that nobody meant well with: each is refused by its code or carried through, in bounded time and memory.</summary>
public sealed class MalformedTests : IDisposable
{
    private const long MostAllocated = 256L << 20;
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
        (Exception? error, long allocated) = Bounded(() =>
        {
            using OnnxModel model = OnnxModel.Load(_folder[MalformedCase.File]);
            foreach (EmitTarget target in Enum.GetValues<EmitTarget>())
            {
                model.Optimize(new OptimizeOptions { Target = target });
            }
        });
        if (one.Code is null)
        {
            Assert.Null(error);
        }
        else
        {
            TesseraException refused = Assert.IsType<TesseraException>(error);
            Assert.Equal(one.Code, refused.Code);
            Assert.Contains(MalformedCase.File, refused.Message, StringComparison.Ordinal);
        }

        Assert.True(allocated < MostAllocated, $"{allocated} bytes were allocated");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_tool_says_why_in_one_line_and_leaves_nothing_half_written(string name)
    {
        MalformedCase one = Written(name);
        string[] before = Files();
        ToolRun? run = null;
        (Exception? error, _) = Bounded(() => run = ToolRun.Of("optimize", _folder[MalformedCase.File], "-o", _folder["out/result.onnx"]));
        Assert.Null(error);
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

    private MalformedCase Written(string name)
    {
        MalformedCase one = MalformedCase.All.Single(c => c.Name == name);
        Directory.CreateDirectory(_folder["out"]);
        one.Write(_folder.Root);
        return one;
    }

    private string[] Files() => Directory.GetFiles(_folder.Root, "*", SearchOption.AllDirectories);

    // On a thread of its own, so that what hangs fails the test and no more.
    private static (Exception? Error, long Allocated) Bounded(Action action)
    {
        Exception? error = null;
        long allocated = 0;
        Thread thread = new(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            error = Record.Exception(action);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(s_longest), "it did not end in time");
        return (error, allocated);
    }
}
