using Tessera.Compiler.Explain;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Passes;
using Tessera.Passes.Replay;

namespace Tessera.Compiler;

/// <summary>Runs the pipelines that a compilation asks for and, where it asks for that too, replays what they rewrote.</summary>
internal sealed class Rewriting(CompileOptions options)
{
    private readonly List<SiteReport> _replayed = [];

    private readonly List<RewriteRecord> _rewrites = [];

    /// <summary>Every rewritten site.</summary>
    public IReadOnlyList<RewriteRecord> Rewrites => _rewrites;

    /// <summary>What the pipelines did.</summary>
    public ReportBuilder Report { get; } = new();

    /// <summary>One report for each rewritten site; empty unless <see cref="CompileOptions.Verify"/>.</summary>
    public IReadOnlyList<SiteReport> Replayed => _replayed;

    public Graph OneExample(Graph graph) => Run(graph, Pipelines.OneExample, "rewrite");

    public Graph BeforePacking(Graph graph) => Run(graph, Pipelines.BeforePacking, "rewrite for packing");

    public Graph Batched(Graph graph) => Run(graph, Pipelines.Batched, "rewrite the batched graph");

    public Graph ForTarget(Graph graph) => options.Emit.Target == EmitTarget.Ort
        ? Run(graph, Pipelines.ForOrtAt(options.Emit.For(graph).Opset), "lower to ONNX Runtime's ops")
        : Run(graph, Pipelines.ForAny, "lower to standard ops");

    internal Graph Run(Graph graph, IReadOnlyList<Stage> stages, string step)
    {
        if (!options.Optimize)
        {
            return graph;
        }

        options.Progress?.Invoke(step);
        PassContext context = new(new PassOptions { RecordRewrites = true, ReproDirectory = options.ReproDirectory });
        Graph after = stages.Run(graph, context);
        Report.Add(stages, context);
        _rewrites.AddRange(context.Rewrites);
        Replay(graph, context.Rewrites);
        return after;
    }

    private void Replay(Graph before, IReadOnlyList<RewriteRecord> rewrites)
    {
        if (rewrites.Count == 0 || !options.Verify)
        {
            return;
        }

        options.Progress?.Invoke($"replay {rewrites.Count} sites");
        foreach (SiteReport report in SiteReplay.VerifyRewrites(before, rewrites, ReplayOptions.Default))
        {
            // A site that could not be checked is no error: it is reported, see CompiledModel.FindWarnings.
            if (report.Checked)
            {
                report.Require();
            }

            _replayed.Add(report);
        }
    }
}
