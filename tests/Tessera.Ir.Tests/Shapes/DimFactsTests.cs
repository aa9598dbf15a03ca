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
    [InlineData("", "6*n", "3*m + 1", Proof.Disproved)]
    [InlineData("", "6*n", "4*m + 2", Proof.Unknown)]
    [InlineData("n + n*m == k*k", "n", "k", Proof.Unknown)]
    [InlineData("n >= m", "n", "m", Proof.Unknown)]
    [InlineData("", "n", "0", Proof.Unknown)]
    [InlineData("(h - 3) % 4 == 0; (w - floordiv(h - 3, 4)) % 2 == 0", "mod(w - floordiv(h + 1, 4), 2)", "1", Proof.Proved)]
    public void Facts_decide_equality(string constraints, string a, string b, Proof expected) =>
        Assert.Equal(expected, Facts(constraints).Equal(Dim.Parse(a), Dim.Parse(b)));

    [Theory]
    [InlineData("", "2*ceildiv(n, 2)", "n", Proof.Proved)]
    [InlineData("", "n", "2*floordiv(n, 2)", Proof.Proved)]
    [InlineData("", "n*h", "2*h*floordiv(n, 2)", Proof.Proved)]
    [InlineData("", "n", "0", Proof.Proved)]
    [InlineData("m >= n", "n", "m", Proof.Unknown)]
    [InlineData("", "k*ceildiv(n, k)", "n", Proof.Unknown)]
    [InlineData("", "n + k - 1", "k*ceildiv(n, k)", Proof.Unknown)]
    [InlineData("", "0 - n", "mod(0 - n, 4)", Proof.Unknown)]
    [InlineData("", "min(n, m)", "n", Proof.Unknown)]
    [InlineData("", "n", "max(n, m)", Proof.Unknown)]
    [InlineData("m >= n", "0 - n", "0 - m", Proof.Proved)]
    [InlineData("n >= m", "0 - n", "0 - m", Proof.Unknown)]
    [InlineData("", "n", "1", Proof.Unknown)]
    [InlineData("n >= 1", "n*h", "h", Proof.Proved)]
    [InlineData("n >= m; m >= k", "n", "k", Proof.Proved)]
    [InlineData("n >= m + 1", "m", "n", Proof.Disproved)]
    [InlineData("", "n", "min(n, m)", Proof.Proved)]
    [InlineData("", "max(n, m) + 1", "m", Proof.Proved)]
    [InlineData("", "3", "mod(n, 4)", Proof.Proved)]
    [InlineData("k >= 1", "k - 1", "mod(n, k)", Proof.Proved)]
    [InlineData("", "mod(n, k)", "k", Proof.Unknown)]
    [InlineData("", "n", "k*floordiv(n, k)", Proof.Unknown)]
    [InlineData("k >= 1", "n", "k*floordiv(n, k)", Proof.Proved)]
    [InlineData("n >= m", "n*k", "m*k", Proof.Proved)]
    [InlineData("n >= m", "n*k - n", "m*k - m", Proof.Unknown)]
    [InlineData("", "2*floordiv(n, 2)", "n", Proof.Unknown)]
    [InlineData("", "2*floordiv(n, 2) + 1", "n", Proof.Proved)]
    [InlineData("", "n", "2*ceildiv(n, 2) - 1", Proof.Proved)]
    [InlineData("2*n >= m; 2*m >= 3", "2*n", "2", Proof.Proved)]
    [InlineData("2*n >= 2*m + 1", "n", "m + 1", Proof.Proved)]
    [InlineData("2*n >= 2*m", "n", "m + 1", Proof.Unknown)]
    [InlineData("n >= m", "n*floordiv(-k, 2)", "m*floordiv(-k, 2)", Proof.Unknown)]
    [InlineData("b == a - 3", "a", "3", Proof.Proved)]
    [InlineData("(h - 3) % 4 == 0", "h", "3", Proof.Proved)]
    [InlineData("(h - 9) % 4 == 0; floordiv(h - 9, 4) % 2 == 0", "h", "9", Proof.Unknown)]
    [InlineData("(h - 9) % 4 == 0; floordiv(h - 9, 4) % 2 == 0", "h", "1", Proof.Proved)]
    public void Facts_decide_order(string constraints, string a, string b, Proof expected) =>
        Assert.Equal(expected, Facts(constraints).GreaterEqual(Dim.Parse(a), Dim.Parse(b)));

    [Theory]
    [InlineData("", "4*n + 8", 4, Proof.Proved)]
    [InlineData("", "4*n + 6", 4, Proof.Disproved)]
    [InlineData("", "n", 4, Proof.Unknown)]
    [InlineData("", "4*n + m", 4, Proof.Unknown)]
    [InlineData("h*w % 4 == 0", "h", 4, Proof.Unknown)]
    [InlineData("h*w % 4 == 0", "h*w", 8, Proof.Unknown)]
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
    [InlineData("m == n", "n + m", "2*n")]
    [InlineData("n == 4", "n*h", "4*h")]
    [InlineData("n + n*m == k*k", "n", "n")]
    [InlineData("(h - 3) % 4 == 0", "4*floordiv(h - 3, 4)", "h - 3")]
    [InlineData("h % 14 == 0", "7*floordiv(h, 14)", "7*floordiv(h, 14)")]
    [InlineData("h % 28 == 0", "floordiv(h, 14)", "floordiv(h, 14)")]
    [InlineData("n <= 3", "mod(n - 1, 4)", "mod(n + 3, 4)")]
    [InlineData("n >= m", "max(n, m)", "n")]
    [InlineData("", "max(n, m)", "max(m, n)")]
    public void Facts_simplify(string constraints, string dim, string expected) =>
        Assert.Equal(expected, Facts(constraints).Simplify(Dim.Parse(dim)).ToString());

    [Fact]
    public void Facts_give_ranges()
    {
        Assert.Equal((3L, 10L), Facts("n >= 3; n <= 10").Range(Dim.Sym("n")));
        Assert.Equal((0L, 3L), DimFacts.None.Range(Dim.Parse("mod(n, 4)")));
        Assert.Equal((0L, (long?)null), DimFacts.None.Range(Dim.Sym("n")));
        Assert.Equal((-1L, -1L), Facts("k >= 1").Range(Dim.Parse("floordiv(-1, k)")));
        Assert.Equal((0L, 6L), Facts("n <= 6; k >= 4").Range(Dim.Parse("mod(n, k)")));
        Assert.Equal((0L, 3L), DimFacts.None.Range(Dim.Parse("mod(-n, 4)")));
        Assert.Equal((2L, 5L), Facts("2*n >= 3; 3*n <= 17").Range(Dim.Sym("n")));
        Assert.Equal((-12L, 0L), Facts("n <= 3; m <= 4").Range(Dim.Parse("-n*m")));
        Assert.Equal((14L, (long?)null), Facts("h % 14 == 0; h >= 1").Range(Dim.Sym("h")));
        Assert.True(Facts("n >= 3; n <= 2").IsContradictory);
        Assert.False(Facts("n >= 3; n <= 4").IsContradictory);
    }

    internal static DimFacts Facts(string constraints) =>
        new(constraints.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Constraint.Parse));
}
