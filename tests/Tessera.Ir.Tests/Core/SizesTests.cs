using Xunit;

namespace Tessera.Ir.Tests.Core;

public class SizesTests
{
    [Fact]
    public void Sizes_pass_through_a_chain_of_any_length()
    {
        GraphBuilder g = new();
        Value sizes = g.ShapeOf(g.In("x", "f32[n]"));
        for (int i = 0; i < 50_000; i++)
        {
            sizes = g.Reshape(g.Reshape(sizes, [1, 1]), [1]);
        }

        Assert.Equal([Dim.Sym("n")], sizes.Sizes!);
    }

    [Fact]
    public void Sizes_end_where_a_vector_is_longer_than_any_shape()
    {
        GraphBuilder g = new();
        Value sizes = g.ShapeOf(g.In("x", "f32[n]"));
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(i <= 6, sizes.Sizes is not null);
            sizes = g.Concat([sizes, sizes], 0);
        }
    }

    [Fact]
    public void Sizes_beyond_64_bits_are_left_to_run_time()
    {
        GraphBuilder g = new();
        Value huge = g.Range(g.Int(DType.I64, long.MaxValue - 4), g.Int(DType.I64, long.MaxValue), g.Int(DType.I64, 3));
        Assert.Null(g.SizeOf(g.In("x", $"f32[{long.MaxValue}, 4]")).Sizes);
        Assert.Equal([long.MaxValue - 4, long.MaxValue - 1], huge.Sizes!);
    }
}
