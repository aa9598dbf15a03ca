using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Ir.Tests.Ops;

public class ShapingTests
{
    [Theory]
    [InlineData(PadMode.Constant, new long[] { 9, 9, 9, 0, 1, 2, 9, 9 })]
    [InlineData(PadMode.Edge, new long[] { 0, 0, 0, 0, 1, 2, 2, 2 })]
    [InlineData(PadMode.Reflect, new long[] { 1, 2, 1, 0, 1, 2, 1, 0 })]
    [InlineData(PadMode.Wrap, new long[] { 0, 1, 2, 0, 1, 2, 0, 1 })]
    public void Pad_continues_by_its_mode(PadMode mode, long[] expected)
    {
        GraphBuilder g = new();
        Value y = g.Pad(g.In("x", "i64[n]"), [3, 2], g.Int(DType.I64, 9), mode);
        Assert.Equal(Dim.Sym("n") + 5, y.Shape[0]);
        Assert.Equal(expected, Eval.Of(y, ("x", Eval.Iota(3))).I);
    }

    [Theory]
    [InlineData("f32[1, 3, 8, 8]", "f32[5, 3, 16, 4]")]
    [InlineData("f32[1, 3, 8, 8]", "f32[5, 3, 4, 9]")]
    [InlineData("f32[1, 3, 0, 8]", "f32[5, 3, 1, 1]")]
    [InlineData("f32[1, 3, n, 8]", "f32[5, 3, n + 1, 1]")]
    public void Conv_refuses_a_kernel_larger_than_its_image(string x, string w)
    {
        GraphBuilder g = new();
        TesseraException error = Assert.Throws<TesseraException>(() => g.Conv(g.In("x", x), g.In("w", w), strides: [4, 4]));
        Assert.Equal("TSR0203", error.Code);
        Assert.Contains("the kernel spans", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pad_takes_away_where_negative()
    {
        GraphBuilder g = new();
        Value y = g.Pad(g.In("x", "i64[2, 3]"), [0, -1, 1, 0]);
        Assert.Equal([1, 2, 4, 5, 0, 0], Eval.Of(y, ("x", Eval.Iota(2, 3))).I);
    }

    [Fact]
    public void Range_knows_its_size_from_sizes()
    {
        GraphBuilder g = new();
        Value n = g.DimValue(Dim.Sym("n"));
        Assert.Equal(Dim.Sym("n"), g.Range(g.Int(DType.I64, 0), n, g.Int(DType.I64, 1)).Shape[0]);
        Assert.Equal(Dim.CeilDiv(Dim.Sym("n"), 2), g.Range(n, g.Int(DType.I64, 0), g.Int(DType.I64, -2)).Shape[0]);
        Assert.Equal(Dim.Const(3), g.Range(n, g.DimValue(Dim.Sym("n") + 3), g.Int(DType.I64, 1)).Shape[0]);
    }

    [Fact]
    public void Split_needs_parts_that_add_up()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, 5]");
        TesseraException error = Assert.Throws<TesseraException>(() => g.Split(x, 1, [2, 2]));
        Assert.Contains("4 ≠ 5", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, g.Split(x, 1, [2, 3]).Count);
    }

    [Fact]
    public void Squeeze_refuses_an_axis_that_may_be_longer()
    {
        GraphBuilder g = new();
        Assert.Throws<TesseraException>(() => g.Squeeze(g.In("x", "f32[n, 1]"), [0]));
        Assert.Equal(Shape.Parse("[n]"), g.Squeeze(g.In("x", "f32[n, 1]"), [-1]).Shape);
    }

    [Fact]
    public void Concat_needs_equal_sizes_beside_its_axis()
    {
        GraphBuilder g = new();
        (Value x, Value y) = (g.In("x", "f32[n, 3]"), g.In("y", "f32[m, 3]"));
        Assert.Equal(Dim.Sym("n") + Dim.Sym("m"), g.Concat([x, y], 0).Shape[0]);
        TesseraException error = Assert.Throws<TesseraException>(() => g.Concat([x, y], 1));
        Assert.Equal("TSR0203", error.Code);
    }

    [Fact]
    public void Conv_multiplies_where_kernel_and_padded_input_meet()
    {
        GraphBuilder g = new();
        Value y = g.Conv(g.In("x", "f32[1, 1, n]"), g.In("w", "f32[1, 1, 2]"), g.In("b", "f32[1]"), strides: [2], pads: [1, 0], dilations: [2]);
        RefTensor result = Eval.Of(
            y, ("x", Eval.F32([1, 1, 4], 1, 2, 3, 4)), ("w", Eval.F32([1, 1, 2], 10, 1)), ("b", Eval.F32([1], 0.5)));
        Assert.Equal([2.5, 24.5], result.F);
    }
}
