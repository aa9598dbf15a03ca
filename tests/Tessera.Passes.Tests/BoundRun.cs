using System.Runtime.InteropServices;
using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Passes.Replay;
using Xunit;

namespace Tessera.Passes.Tests;

/// <summary>What a rule made, after canonicalization, of a graph whose parameters have bytes.</summary>
internal sealed record BoundRun(Graph Before, Graph After, PassContext Context)
{
    /// <summary>Binds f32 weights to the parameters of a text, by path, and runs the rule.</summary>
    public static BoundRun Of(string source, RewriteRule rule, params (string Path, long[] Dims, float[] Numbers)[] weights)
    {
        Graph graph = Parser.Parse(source) with
        {
            Weights = weights.ToDictionary(
                static w => w.Path,
                static WeightSource (w) => new MemoryWeightSource(DType.F32, w.Dims, MemoryMarshal.AsBytes<float>(w.Numbers).ToArray())),
        };
        PassContext context = new(new PassOptions { RecordRewrites = true, Verify = true });
        return new BoundRun(graph, PassRunner.Run(graph, [Pipelines.Canonicalize, new RewritePass(rule)], context), context);
    }

    /// <summary>Requires that every rewritten site computes what it computed before.</summary>
    public void RequireSame() => SiteReplay.RequireRewrites(Before, Context.Rewrites, ReplayOptions.Default);

    /// <summary>Requires that the rule gave a reason that begins so.</summary>
    public void RequireRejection(string rule, string reason) =>
        Assert.Contains(Context.Rejections, r => r.Rule == rule && r.Reason.StartsWith(reason, StringComparison.Ordinal));
}
