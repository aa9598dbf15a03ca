using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Passes;
using Tessera.Passes.Replay;

namespace Tessera.Compiler;

/// <summary>Runs the pipelines that a compilation asks for.</summary>
internal static class Rewriting
{
    public static Graph OneExample(Graph graph, CompileOptions options) => Run(graph, options, Pipelines.OneExample, "rewrite");

    public static Graph Batched(Graph graph, CompileOptions options) => Run(graph, options, Pipelines.Batched, "rewrite the batched graph");

    public static Graph ForTarget(Graph graph, CompileOptions options) =>
        options.Emit.Target == EmitTarget.Ort ? Run(graph, options, Pipelines.ForOrt, "lower to ONNX Runtime's ops") : graph;

    private static Graph Run(Graph graph, CompileOptions options, IReadOnlyList<Stage> stages, string step)
    {
        if (!options.Optimize)
        {
            return graph;
        }

        options.Progress?.Invoke(step);
        PassContext context = new(new PassOptions { RecordRewrites = options.Verify });
        Graph after = stages.Run(graph, context);
        SiteReplay.RequireRewrites(graph, context.Rewrites, ReplayOptions.Default);
        return after;
    }
}
