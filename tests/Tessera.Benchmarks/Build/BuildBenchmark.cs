using System.Globalization;
using Tessera.Build.Tests;

namespace Tessera.Benchmarks.Build;

/// <summary>
/// What three models cost a build that has nothing to do, from packages of the solution as it was last built (Release): the time
/// of the same project without models and the allowance, divided by the time with them.
/// </summary>
internal static class BuildBenchmark
{
    private const double Allowance = 0.3;
    private const string Modules = """<OnnxModel Include="A" Batch="packed" /><OnnxModel Include="B" />""";
    private static readonly string[] s_build = ["build", "--no-restore"];

    public static IEnumerable<Row> Run(bool quick)
    {
        LocalFeed feed = new();
        using ProjectFolder without = Project(feed, "");
        using ProjectFolder with = Project(feed, Modules);
        File.Copy(Path.Combine(with.Output, "models", "app", "B.onnx"), with["c.onnx"]);
        with.With(ProjectFolder.Build + Modules + """<OnnxModel Include="c.onnx" />""", isApp: false).Succeed("build");
        if (with.Succeed(s_build).Starts != 0)
        {
            throw new InvalidOperationException("a build with nothing to do has started the tool.");
        }

        List<double> more = [];
        List<double> ratios = [];
        foreach ((double ours, double baseline) in Pairs.Times(quick ? 5 : 15, static _ => 0, _ => with.Succeed(s_build), _ => without.Succeed(s_build)))
        {
            more.Add(ours - baseline);
            ratios.Add((baseline + Allowance) / ours);
        }

        more.Sort();
        ratios.Sort();
        string cost = (1000 * more[more.Count / 2]).ToString("0", CultureInfo.InvariantCulture);
        yield return Pairs.Summary("build", $"three models, nothing to do: {cost} ms more", "without models, and 300 ms", Environment.ProcessorCount, [.. ratios], 1);
    }

    private static ProjectFolder Project(LocalFeed feed, string models)
    {
        ProjectFolder project = feed.Project("app").With(ProjectFolder.Build + models, isApp: false);
        project.Write("A.cs", Sources.Module("A"));
        project.Write("B.cs", Sources.Module("B"));
        project.Succeed("build");
        return project;
    }
}
