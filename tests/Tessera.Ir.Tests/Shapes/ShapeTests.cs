using Xunit;

namespace Tessera.Ir.Tests.Shapes;

public sealed class ShapeTests
{
    private static readonly Dim s_n = Dim.Sym("n");

    [Fact]
    public void Shape_is_a_list_of_dims()
    {
        Shape shape = [s_n, 768];
        Assert.Equal("[n, 768]", shape.ToString());
        Assert.True(shape is [SymDim { Name: "n" }, ConstDim { Value: 768 }]);
        Assert.Equal(shape, Shape.Parse("[n, 768]"));
        Assert.Equal(shape.GetHashCode(), Shape.Parse("[n,768]").GetHashCode());
        Assert.Equal(s_n * 768, shape.NumElements);
        Assert.False(shape.IsStatic);
        Assert.True(Shape.Of(2, 3).TryGetStatic(out long[] sizes));
        Assert.Equal([2, 3], sizes);
        Assert.Equal(Shape.Scalar, Shape.Parse("[]"));
    }

    [Fact]
    public void Shape_edits_copy()
    {
        Shape shape = [s_n, 3, 64];
        Assert.Equal([s_n, 192], shape.Slice(0, 1).Add(192));
        Assert.Equal([3, 64], shape[1..]);
        Assert.Equal([s_n, 4, 64], shape.With(1, 4));
        Assert.Equal([Dim.Sym("B"), s_n, 3, 64], shape.Insert(0, Dim.Sym("B")));
        Assert.Equal([s_n, 64], shape.RemoveAt(1));
        Assert.Equal([64, s_n, 3], shape.Permute([2, 0, 1]));
        Assert.Equal([s_n, 3, 64, 2], shape.Concat([2]));
        Assert.Equal(2, shape.NormalizeAxis(-1));
        Assert.Equal("TSR0106", Assert.Throws<TesseraException>(() => shape.NormalizeAxis(3)).Code);
    }

    [Theory]
    [InlineData("[n, 768]", "[768]", "", "[n, 768]")]
    [InlineData("[n, 1]", "[m]", "", "[n, m]")]
    [InlineData("[1, 3]", "[n, 1]", "", "[n, 3]")]
    [InlineData("[a]", "[b]", "a == b", "[a]")]
    [InlineData("[a]", "[b]", "a == 1", "[b]")]
    [InlineData("[h]", "[14*floordiv(h, 14)]", "h % 14 == 0", "[h]")]
    [InlineData("[]", "[n]", "", "[n]")]
    public void Shapes_broadcast_where_proved(string a, string b, string facts, string expected)
    {
        BroadcastResult result = Shape.Broadcast(Shape.Parse(a), Shape.Parse(b), DimFactsTests.Facts(facts));
        Assert.Equal(expected, result.Shape?.ToString());
        Assert.True(result.IsSuccess);
    }

    [Theory]
    [InlineData("[n, 768]", "[n, 512]", 1, "768 ≠ 512")]
    [InlineData("[n]", "[768]", 0, "n and 768 cannot be proved equal")]
    [InlineData("[2, a, 3]", "[b, 3]", 1, "a and b cannot be proved equal")]
    [InlineData("[2*n]", "[2*n + 1]", 0, "2*n ≠ 2*n + 1")]
    public void Shapes_say_where_they_do_not_broadcast(string a, string b, int axis, string reason)
    {
        BroadcastResult result = Shape.Broadcast(Shape.Parse(a), Shape.Parse(b), DimFacts.None);
        Assert.False(result.IsSuccess);
        Assert.Equal(axis, result.FailingAxis);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
    }
}
