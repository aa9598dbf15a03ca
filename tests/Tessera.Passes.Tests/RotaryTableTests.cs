using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Fusion;
using Xunit;

namespace Tessera.Passes.Tests;

/// <summary>Tables of angles that are weights: their bytes say whether each angle is there twice.</summary>
public class RotaryTableTests
{
    private const string Source = """
        graph "g" {
          input %x: f32[2, 3, n, 4]
          input %pos: i64[2, n]
          %ct = parameter {path = "cos", type = f32[3, 4]}
          %st = parameter {path = "sin", type = f32[3, 4]}
          %c = gather %ct, %pos
          %s = gather %st, %pos
          %c1 = unsqueeze %c {axes = [1]}
          %s1 = unsqueeze %s {axes = [1]}
          %a, %b = split %x {axis = -1, sizes = [2, 2]}
          %m = neg %b
          %r = concat %m, %a {axis = -1}
          %0 = mul %x, %c1
          %1 = mul %r, %s1
          %2 = add %0, %1
          output "y" = %2
        }
        """;

    [Fact]
    public void Halves_of_a_bound_table_that_are_equal_are_one()
    {
        BoundRun run = Run([1, 2, 1, 2, 3, 4, 3, 4], [5, 6, 5, 6, 7, 8, 7, 8]);
        Assert.Contains(run.After.PostOrder(), static op => op is RotaryEmbedding);
        run.RequireSame();
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 1, 2, 3, 4, 3, 4 }, new float[] { 5, 6, 5, 6, 7, 8, 7, 9 }, "the sines")]
    [InlineData(new float[] { 1, 2, 1, 2, 0, 4, -0f, 4 }, new float[] { 5, 6, 5, 6, 7, 8, 7, 8 }, "the cosines")]
    public void Halves_that_differ_are_left(float[] cos, float[] sin, string which)
    {
        BoundRun run = Run(cos, sin);
        Assert.DoesNotContain(run.After.PostOrder(), static op => op is RotaryEmbedding);
        run.RequireRejection("fuse-rotate-half", which);
    }

    // The first row stands a second time at the end.
    private static BoundRun Run(float[] cos, float[] sin) => BoundRun.Of(
        Source, new FuseRotateHalf(), ("cos", [3, 4], [.. cos, .. cos[..4]]), ("sin", [3, 4], [.. sin, .. sin[..4]]));
}
