using Xunit;

namespace Tessera.Ir.Tests.Shapes;

public sealed class DimFactsTests
{
    [Theory]
    [InlineData("", "2*n", "2*n + 1", Proof.Disproved)]
    [InlineData("", "2*n", "2*m + 1", Proof.Disproved)]
    [InlineData("", "n", "m", Proof.Unknown)]
    [InlineData("", "n + 1", "0", Proof.Disproved)]
    [InlineData("a == b", "a", "b", Proof.Proved)]
    [InlineData("h % 14 == 0", "14*floordiv(h, 14)", "h", Proof.Proved)]
    [InlineData("h % 14 == 0", "ceildiv(h, 14)", "floordiv(h, 14)", Proof.Proved)]
    [InlineData("(h + 2) % 4 == 0", "4*floordiv(h + 2, 4)", "h + 2", Proof.Proved)]
    [InlineData("", "ceildiv(n, 2)", "floordiv(n + 1, 2)", Proof.Proved)]
    [InlineData("", "2*floordiv(n, 2) + mod(n, 2)", "n", Proof.Proved)]
    [InlineData("n >= 5", "n", "3", Proof.Disproved)]
    [InlineData("n == 2*m; k == n + 1", "k", "2*m + 1", Proof.Proved)]
    [InlineData("n >= m; m >= n", "n", "m", Proof.Proved)]
    [InlineData("n <= 4; n >= 4", "n", "4", Proof.Proved)]
    public void Facts_decide_equality(string constraints, string a, string b, Proof expected) =>
        Assert.Equal(expected, Facts(constraints).Equal(Dim.Parse(a), Dim.Parse(b)));

    [Theory]
    [InlineData("", "2*ceildiv(n, 2)", "n", Proof.Proved)]
    [InlineData("", "n", "2*floordiv(n, 2)", Proof.Proved)]
    [InlineData("", "n*h", "2*h*floordiv(n, 2)", Proof.Proved)]
    [InlineData("", "n", "0", Proof.Proved)]
    [InlineData("", "n", "1", Proof.Unknown)]
    [InlineData("n >= 1", "n*h", "h", Proof.Proved)]
    [InlineData("n >= m; m >= k", "n", "k", Proof.Proved)]
    [InlineData("n >= m + 1", "m", "n", Proof.Disproved)]
    [InlineData("", "n", "min(n, m)", Proof.Proved)]
    [InlineData("", "max(n, m) + 1", "m", Proof.Proved)]
    [InlineData("", "3", "mod(n, 4)", Proof.Proved)]
    [InlineData("k >= 1", "k - 1", "mod(n, k)", Proof.Proved)]
    [InlineData("", "mod(n, k)", "k", Proof.Unknown)]
    public void Facts_decide_order(string constraints, string a, string b, Proof expected) =>
        Assert.Equal(expected, Facts(constraints).GreaterEqual(Dim.Parse(a), Dim.Parse(b)));

    [Theory]
    [InlineData("", "4*n + 8", 4, Proof.Proved)]
    [InlineData("", "4*n + 6", 4, Proof.Disproved)]
    [InlineData("", "n", 4, Proof.Unknown)]
    [InlineData("h % 14 == 0", "h", 7, Proof.Proved)]
    [InlineData("h % 14 == 0", "3*h + 1", 7, Proof.Disproved)]
    [InlineData("h*w % 4 == 0", "3*h*w*c", 12, Proof.Proved)]
    [InlineData("h % 4 == 0; h % 6 == 0", "h", 12, Proof.Proved)]
    public void Facts_decide_divisibility(string constraints, string a, long by, Proof expected) =>
        Assert.Equal(expected, Facts(constraints).Divisible(Dim.Parse(a), by));

    [Theory]
    [InlineData("h % 14 == 0", "14*floordiv(h, 14)", "h")]
    [InlineData("h % 14 == 0", "ceildiv(h, 14)", "floordiv(h, 14)")]
    [InlineData("h % 14 == 0", "mod(h, 14)", "0")]
    [InlineData("h % 14 == 0", "h + 1", "h + 1")]
    [InlineData("", "2*floordiv(n, 2) + mod(n, 2)", "n")]
    [InlineData("n <= 512", "min(n, 512)", "n")]
    [InlineData("n >= 1", "max(n, 1)", "n")]
    [InlineData("n <= 3", "mod(n, 4)", "n")]
    [InlineData("n <= 3", "floordiv(n, 4)", "0")]
    [InlineData("m == n", "n + m", "2*m")]
    [InlineData("n == 4", "n*h", "4*h")]
    public void Facts_simplify(string constraints, string dim, string expected) =>
        Assert.Equal(expected, Facts(constraints).Simplify(Dim.Parse(dim)).ToString());

    [Fact]
    public void Facts_give_ranges()
    {
        Assert.Equal((3L, 10L), Facts("n >= 3; n <= 10").Range(Dim.Sym("n")));
        Assert.Equal((0L, 3L), DimFacts.None.Range(Dim.Parse("mod(n, 4)")));
        Assert.Equal((0L, (long?)null), DimFacts.None.Range(Dim.Sym("n")));
        Assert.Equal((14L, (long?)null), Facts("h % 14 == 0; h >= 1").Range(Dim.Sym("h")));
        Assert.True(Facts("n >= 3; n <= 2").IsContradictory);
        Assert.False(Facts("n >= 3; n <= 4").IsContradictory);
    }

    internal static DimFacts Facts(string constraints) =>
        new(constraints.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Constraint.Parse));
}
