using System.Runtime.InteropServices;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Ir.Text;
using Tessera.Passes.Fusion;
using Tessera.Passes.Replay;
using Xunit;

namespace Tessera.Passes.Tests;

/// <summary>Convolutions whose kernels are weights take factors in without reading them twice.</summary>
public class ConvScaleTests
{
    private const string Source = """
        graph "g" {
          input %x: f32[n, 2, 4]
          %w = parameter {path = "w", type = f32[3, 2, 1]}
          %s = parameter {path = "s", type = f32[3]}
          %v = parameter {path = "v", type = f32[3]}
          %k = constant {value = f32[3, 1] {2, 0.5, -1}}
          %0 = conv %x, %w
          %1 = batch_norm %0, %s, %s, %s, %v
          %2 = mul %1, %k
          %3 = add %2, %k
          output "y" = %3
        }
        """;

    [Fact]
    public void Norm_and_factors_end_in_the_kernel_and_the_bias()
    {
        (Graph before, Graph after, PassContext context) = Run([1, 2, 3, 4, 5, 6], [1, 2, 3], [1, 4, 9]);
        Assert.Single(after.PostOrder().OfType<Mul>());
        Assert.Equal(3, context.Firings["fuse-conv-scale"]);
        Assert.IsType<Conv>(after.Outputs[0].Value.Op);
        SiteReplay.RequireRewrites(before, context.Rewrites, ReplayOptions.Default);
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3, 4, 5, 6 }, new float[] { 1, 2, 3 }, new float[] { 1, -4, 9 }, "a factor or an offset is not finite")]
    [InlineData(new float[] { 1, 2, 3, 4, 5, float.PositiveInfinity }, new float[] { 1, 2, 3 }, new float[] { 1, 4, 9 }, "the kernel is not known, or a product with it overflows or vanishes")]
    [InlineData(new float[] { 1, 2, 3, 4, 5, float.NaN }, new float[] { 1, 2, 3 }, new float[] { 1, 4, 9 }, "the kernel is not known, or a product with it overflows or vanishes")]
    public void Numbers_that_would_make_another_nan_are_left(float[] w, float[] s, float[] v, string reason)
    {
        (_, Graph after, PassContext context) = Run(w, s, v);
        Assert.Contains(after.PostOrder(), static op => op is BatchNorm);
        Assert.Contains(context.Rejections, r => r.Rule == "fuse-conv-scale" && r.Reason == reason);
    }

    private static (Graph Before, Graph After, PassContext Context) Run(float[] w, float[] s, float[] v)
    {
        Graph graph = Parser.Parse(Source) with
        {
            Weights = new Dictionary<string, WeightSource> { ["w"] = Weight(w, 3, 2, 1), ["s"] = Weight(s, 3), ["v"] = Weight(v, 3) },
        };
        PassContext context = new(new PassOptions { RecordRewrites = true, Verify = true });
        return (graph, PassRunner.Run(graph, [Pipelines.Canonicalize, new RewritePass(new FuseConvScale())], context), context);
    }

    private static MemoryWeightSource Weight(float[] numbers, params long[] dims) => new(DType.F32, dims, MemoryMarshal.AsBytes<float>(numbers).ToArray());
}
