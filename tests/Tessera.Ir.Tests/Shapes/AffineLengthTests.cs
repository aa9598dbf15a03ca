using Xunit;

namespace Tessera.Ir.Tests.Shapes;

public class AffineLengthTests
{
    [Theory]
    [InlineData("7", null, 0, 7)]
    [InlineData("n", "n", 1, 0)]
    [InlineData("2*n", "n", 2, 0)]
    [InlineData("n + 1", "n", 1, 1)]
    [InlineData("10 - 3*n", "n", -3, 10)]
    public void Affine_form_is_read_off(string dim, string? symbol, long factor, long offset) =>
        Assert.Equal(new AffineLength(symbol, factor, offset), AffineLength.Of(Dim.Parse(dim)));

    [Theory]
    [InlineData("n*n")]
    [InlineData("n + m")]
    [InlineData("n + m + 1")]
    [InlineData("2*n*m + 1")]
    [InlineData("floordiv(12, n)")]
    [InlineData("ceildiv(n, 2) + 1")]
    [InlineData("max(n, 1)")]
    public void Nothing_else_has_one(string dim) => Assert.Null(AffineLength.Of(Dim.Parse(dim)));
}
