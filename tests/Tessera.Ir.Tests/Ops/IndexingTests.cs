using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Ir.Tests.Ops;

public class IndexingTests
{
    [Fact]
    public void Gather_counts_negative_indices_from_the_end()
    {
        GraphBuilder g = new();
        Value y = g.Gather(g.In("x", "i64[2, n]"), g.In("i", "i64[k]"), axis: 1);
        Assert.Equal([2, 0, 5, 3], Eval.Of(y, ("x", Eval.Iota(2, 3)), ("i", Eval.I64([2], -1, -3))).I);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-4)]
    public void Gather_outside_the_axis_is_an_error(long index)
    {
        GraphBuilder g = new();
        Value y = g.Gather(g.In("x", "i64[n]"), g.Int(DType.I64, index));
        TesseraException error = Assert.Throws<TesseraException>(() => Eval.Of(y, ("x", Eval.Iota(3))));
        Assert.Contains($"index {index} is outside an axis of size 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TopK_prefers_the_lower_index_of_equal_elements()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "i64[n]");
        RefTensor values = Eval.I64([5], 1, 7, 7, 0, 1);
        Assert.Equal([1, 2, 0], Eval.Of(g.TopK(x, 3)[1], ("x", values)).I);
        Assert.Equal([3, 0, 4], Eval.Of(g.TopK(x, 3, largest: false)[1], ("x", values)).I);
    }

    [Fact]
    public void TopK_tells_large_integers_apart()
    {
        GraphBuilder g = new();
        RefTensor values = Eval.I64([2], long.MaxValue - 1, long.MaxValue);
        Assert.Equal([1], Eval.Of(g.TopK(g.In("x", "i64[2]"), 1)[1], ("x", values)).I);
    }

    [Fact]
    public void Scatter_adds_each_update_of_one_element()
    {
        GraphBuilder g = new();
        Value y = g.ScatterND(g.In("x", "i64[3]"), g.In("i", "i64[3, 1]"), g.In("u", "i64[3]"), ScatterReduction.Add);
        Assert.Equal([110, 1, 1002], Eval.Of(
            y, ("x", Eval.Iota(3)), ("i", Eval.I64([3, 1], 0, -1, 0)), ("u", Eval.I64([3], 10, 1000, 100))).I);
    }

    [Fact]
    public void One_hot_marks_nothing_outside_its_depth()
    {
        GraphBuilder g = new();
        Value y = g.OneHot(g.In("i", "i64[n]"), g.In("v", "i64[2]"), 2);
        Assert.Equal([5, 7, 5, 5, 7, 5], Eval.Of(y, ("i", Eval.I64([3], -1, 2, 0)), ("v", Eval.I64([2], 5, 7))).I);
    }

    [Fact]
    public void Nonzero_lists_coordinates_in_order()
    {
        GraphBuilder g = new();
        Value y = g.NonZero(g.In("x", "f32[2, 2]"));
        RefTensor found = Eval.Of(y, ("x", Eval.F32([2, 2], 0, double.NaN, -1, -0.0)));
        Assert.Equal([2, 2], found.Dims);
        Assert.Equal([0, 1, 1, 0], found.I);
    }
}
