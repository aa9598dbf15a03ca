using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed partial class ReportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ReportTests() => Assert.Equal(0, ToolRun.Compile(_folder["a.onnx"], "--target", "portable", "--opset", "17").Exit);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Html_report_stands_alone_and_two_runs_differ_in_times_only()
    {
        Optimize("one.html");
        Optimize("two.html");
        string page = File.ReadAllText(_folder["one.html"]);
        Assert.Equal(WithoutTimes(page), WithoutTimes(File.ReadAllText(_folder["two.html"])));
        foreach (string part in (string[])["a.onnx, optimised for ort", "fuse-attention", "multi_head_attention", "it exists since opset 20", "Replayed sites", "<svg", "Graph after", "rewritten"])
        {
            Assert.Contains(part, page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("http", page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Root, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_report_has_its_pictures_beside_it()
    {
        Optimize("report.md");
        string page = File.ReadAllText(_folder["report.md"]);
        string[] pictures = [.. Picture().Matches(page).Select(static m => m.Groups[1].Value)];
        Assert.Equal(["report.ops.svg", "report.before.svg", "report.after.svg"], pictures);
        Assert.All(pictures, p => Assert.Equal("svg", XDocument.Load(_folder[p]).Root!.Name.LocalName));
    }

    [Fact]
    public void Report_of_another_kind_is_refused_before_any_work()
    {
        ToolRun run = ToolRun.Of("optimize", _folder["a.onnx"], "-o", _folder["o.onnx"], "--report", _folder["report.pdf"]);
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR0972", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["o.onnx"]));
    }

    [Fact]
    public void Inspect_writes_a_page_and_json()
    {
        ToolRun run = ToolRun.Of("inspect", _folder["a.onnx"], "--report", _folder["i.html"], "--json", "--size", "n=4");
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Assert.Contains("<svg", File.ReadAllText(_folder["i.html"]), StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement root = document.RootElement;
        Assert.Equal("f32[n, 8]", root.GetProperty("inputs")[0].GetProperty("type").GetString());
        Assert.Equal(608, root.GetProperty("parameters").GetInt64());
        Assert.Equal(2 * ((4 * 8 * 64) + (4 * 4 * 8 * 2)), root.GetProperty("flops").GetInt64());
        Assert.Equal("ai.onnx 17", root.GetProperty("model").GetProperty("opsets").GetString());
        Assert.Equal("f32", root.GetProperty("types")[0].GetProperty("type").GetString());
    }

    private void Optimize(string report)
    {
        ToolRun run = ToolRun.Of("optimize", _folder["a.onnx"], "-o", _folder["o.onnx"], "--verify", "--report", _folder[report]);
        Assert.Equal(("", 0), (run.Error, run.Exit));
    }

    private static string WithoutTimes(string page) => page[..page.IndexOf("Time of passes", StringComparison.Ordinal)];

    [GeneratedRegex(@"!\[[^\]]*\]\(([^)]*)\)")]
    private static partial Regex Picture();
}
