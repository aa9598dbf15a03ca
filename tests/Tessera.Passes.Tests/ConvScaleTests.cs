using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Fusion;
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

    // Each channel's own factor of the norm is far from 1: 1/2, 2 and 3/4.
    [Fact]
    public void Norm_and_factors_end_in_the_kernel_and_the_bias()
    {
        BoundRun run = Run([1, 2, 3, 4, 5, 6], [1, 2, 3], [4, 1, 16]);
        Assert.Single(run.After.PostOrder().OfType<Mul>());
        Assert.Equal(3, run.Context.Firings["fuse-conv-scale"]);
        Assert.IsType<Conv>(run.After.Outputs[0].Value.Op);
        run.RequireSame();
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3, 4, 5, 6 }, new float[] { 1, 2, 3 }, new float[] { 1, -4, 9 }, "a factor or an offset is not finite")]
    [InlineData(new float[] { 1, 2, 3, 4, 5, float.PositiveInfinity }, new float[] { 1, 2, 3 }, new float[] { 1, 4, 9 }, "the kernel is not known, or a product with it overflows or vanishes")]
    [InlineData(new float[] { 1, 2, 3, 4, 5, float.NaN }, new float[] { 1, 2, 3 }, new float[] { 1, 4, 9 }, "the kernel is not known, or a product with it overflows or vanishes")]
    public void Numbers_that_would_make_another_nan_are_left(float[] w, float[] s, float[] v, string reason)
    {
        BoundRun run = Run(w, s, v);
        Assert.Contains(run.After.PostOrder(), static op => op is BatchNorm);
        run.RequireRejection("fuse-conv-scale", reason);
    }

    private static BoundRun Run(float[] w, float[] s, float[] v) =>
        BoundRun.Of(Source, new FuseConvScale(), ("w", [3, 2, 1], w), ("s", [3], s), ("v", [3], v));
}
