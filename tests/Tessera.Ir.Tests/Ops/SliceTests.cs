using Xunit;

namespace Tessera.Ir.Tests.Ops;

public class SliceTests
{
    private static readonly Dim s_n = Dim.Sym("n");

    [Theory]
    [InlineData(-1, long.MinValue, -2, new long[] { 4, 2, 0 })]
    [InlineData(-1, -4, -1, new long[] { 4, 3, 2 })]
    [InlineData(3, 0, -1, new long[] { 3, 2, 1 })]
    [InlineData(100, 1, -2, new long[] { 4, 2 })]
    [InlineData(-100, long.MinValue, -1, new long[] { 0 })]
    [InlineData(-100, 100, 1, new long[] { 0, 1, 2, 3, 4 })]
    [InlineData(1, -1, 2, new long[] { 1, 3 })]
    [InlineData(-2, int.MaxValue, 1, new long[] { 3, 4 })]
    [InlineData(3, 3, 1, new long[0])]
    [InlineData(4, 1, 1, new long[0])]
    [InlineData(0, long.MaxValue, long.MaxValue, new long[] { 0 })]
    [InlineData(4, long.MinValue, long.MinValue, new long[] { 4 })]
    public void Slice_clamps_and_steps_as_onnx_does(long start, long end, long step, long[] expected)
    {
        GraphBuilder g = new();
        Value y = g.Slice(g.In("x", "i64[n]"), [start], [end], [0], [step]);
        Assert.Equal(expected, Eval.Of(y, ("x", Eval.Iota(5))).I);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Slice_of_few_elements_backwards(long n)
    {
        GraphBuilder g = new();
        Value y = g.Slice(g.In("x", "i64[n]"), [-1], [long.MinValue], [0], [-1]);
        Assert.Equal(s_n, y.Shape[0]);
        Assert.Equal(n, Eval.Of(y, ("x", Eval.Iota(n))).Count);
    }

    [Fact]
    public void Slice_has_a_symbolic_size_where_signs_are_known()
    {
        GraphBuilder g = new([Constraint.Parse("n >= 2")]);
        Value x = g.In("x", "i64[n]");
        Assert.Equal(s_n - 1, g.Slice(x, [1], [long.MaxValue], [0]).Shape[0]);
        Assert.Equal(s_n - 1, g.Slice(x, [0], [-1], [0]).Shape[0]);
        Assert.Equal(Dim.One, g.Slice(x, [s_n - 1], [s_n], [0]).Shape[0]);
        Assert.Equal(Dim.Const(2), g.Slice(x, [-2], [long.MaxValue], [0]).Shape[0]);
        Assert.Equal(Dim.CeilDiv(s_n, 2), g.Slice(x, [0], [long.MaxValue], [0], [2]).Shape[0]);
    }

    [Fact]
    public void Slice_whose_bound_may_have_either_sign_has_a_fresh_size()
    {
        GraphBuilder g = new();
        Value y = g.Slice(g.In("x", "i64[n]"), [s_n - 2], [s_n], [0]);
        Assert.DoesNotContain("n", y.Shape.Symbols);
        Assert.Equal([1, 2], Eval.Of(y, ("x", Eval.Iota(3))).I);
        Assert.Equal([0], Eval.Of(y, ("x", Eval.Iota(1))).I);
    }

    [Fact]
    public void Slice_of_sizes_is_sizes()
    {
        GraphBuilder g = new();
        Value sizes = g.ShapeOf(g.In("x", "f32[2, n, 3]"));
        Value last = g.Slice(sizes, [-1], [long.MinValue], [0], [-2]);
        Assert.Equal([3, 2], last.Producer.DimContent(0)!);
        Assert.Equal([s_n], g.Gather(sizes, g.Int(DType.I64, 1)).Producer.DimContent(0)!);
        Assert.Equal([3, s_n + 0, 2], g.Concat([g.Slice(sizes, [2], [3], [0]), g.Slice(sizes, [1], [2], [0]), g.Ints(2)], 0).Producer.DimContent(0)!);
    }
}
