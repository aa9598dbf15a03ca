using Xunit;

namespace Tessera.Ir.Tests.Shapes;

public sealed class DimTests
{
    [Theory]
    [InlineData("n + 1 - 1", "n")]
    [InlineData("floordiv(n*64, 64)", "n")]
    [InlineData("n + n + 1", "2*n + 1")]
    [InlineData("m*n", "m*n")]
    [InlineData("n*m", "m*n")]
    [InlineData("-n", "-n")]
    [InlineData("1 - n", "-n + 1")]
    [InlineData("(n + 1)*(n - 1)", "n*n - 1")]
    [InlineData("floordiv(n, 2)", "floordiv(n, 2)")]
    [InlineData("ceildiv(n, 14)", "ceildiv(n, 14)")]
    [InlineData("floordiv(n - 14, 14) + 1", "floordiv(n, 14)")]
    [InlineData("floordiv(floordiv(n, 2), 3)", "floordiv(n, 6)")]
    [InlineData("ceildiv(ceildiv(n, 2), 2)", "ceildiv(n, 4)")]
    [InlineData("ceildiv(floordiv(n, 2), 3)", "ceildiv(floordiv(n, 2), 3)")]
    [InlineData("floordiv(ceildiv(n, 2), 3)", "floordiv(ceildiv(n, 2), 3)")]
    [InlineData("floordiv(floordiv(n, 2) + 1, 3)", "floordiv(n + 2, 6)")]
    [InlineData("floordiv(floordiv(n, m), 3)", "floordiv(floordiv(n, m), 3)")]
    [InlineData("ceildiv(4*n + 3, 6)", "ceildiv(2*n + 2, 3)")]
    [InlineData("mod(mod(n, 6), 4)", "mod(mod(n, 6), 4)")]
    [InlineData("mod(4*n + 3, 6)", "2*mod(2*n + 1, 3) + 1")]
    [InlineData("mod(n, -m)", "-mod(-n, m)")]
    [InlineData("floordiv(n, -m)", "floordiv(-n, m)")]
    [InlineData("floordiv(4*n + 3, 6)", "floordiv(2*n + 1, 3)")]
    [InlineData("floordiv(n*h*64, n*h)", "64")]
    [InlineData("floordiv((n + 1)*m, n + 1)", "m")]
    [InlineData("floordiv(n*m, 2*m)", "floordiv(n, 2)")]
    [InlineData("mod(n, 1)", "0")]
    [InlineData("mod(5*n + 6, 4)", "mod(n + 2, 4)")]
    [InlineData("mod(4*n, 6)", "2*mod(2*n, 3)")]
    [InlineData("mod(mod(n, 12), 4)", "mod(n, 4)")]
    [InlineData("mod(-7, 4)", "1")]
    [InlineData("floordiv(-7, 4)", "-2")]
    [InlineData("ceildiv(-7, 4)", "-1")]
    [InlineData("min(a, b)", "min(a, b)")]
    [InlineData("min(b, min(a, b + 2))", "min(a, b)")]
    [InlineData("max(b, a, b + 2)", "max(a, b + 2)")]
    [InlineData("max(7, 3)", "7")]
    [InlineData("\"batch size\" + 1", "\"batch size\" + 1")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    public void Dim_normalises_and_prints(string text, string expected)
    {
        Dim dim = Dim.Parse(text);
        Assert.Equal(expected, dim.ToString());
        Assert.Equal(dim, Dim.Parse(dim.ToString()));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("n +", 3)]
    [InlineData("n n", 1)]
    [InlineData("floordiv(n)", 11)]
    [InlineData("mod(n, 4", 8)]
    [InlineData("\"open", 5)]
    [InlineData("99999999999999999999", 20)]
    public void Dim_rejects_what_is_not_its_text(string text, int column)
    {
        var error = Assert.Throws<TesseraException>(() => Dim.Parse(text));
        Assert.Equal("TSR0103", error.Code);
        Assert.Equal($"column {column + 1}", error.Place);
    }

    [Fact]
    public void Dim_parser_stops_where_a_dim_ends()
    {
        Assert.True(Dim.TryParse("n + 1, 768]", out Dim dim, out int consumed));
        Assert.Equal(Dim.Sym("n") + 1, dim);
        Assert.Equal(5, consumed);
    }

    [Fact]
    public void Dim_matches_by_form()
    {
        Assert.True((Dim.Sym("n") + 1) is SumDim { Terms: [SymDim { Name: "n" }, ConstDim { Value: 1 }] });
        Assert.True((Dim.Sym("n") * 2) is ProductDim { Coefficient: 2, Factors: [SymDim] });
        Assert.True(Dim.CeilDiv(Dim.Sym("n"), 14) is CeilDivDim { Numerator: SymDim, Denominator: ConstDim { Value: 14 } });
        Assert.Equal(["a", "b"], (Dim.Sym("b") * Dim.Sym("a") + Dim.Sym("b")).Symbols);
    }

    [Fact]
    public void Dim_substitutes_all_symbols_at_once()
    {
        Dim swapped = Dim.Parse("2*a + floordiv(b, 2)").Substitute(s => s == "a" ? Dim.Sym("b") : Dim.Sym("a"));
        Assert.Equal(Dim.Parse("2*b + floordiv(a, 2)"), swapped);
        Assert.Equal(8, (long)Dim.Parse("2*a + floordiv(b, 2)").Substitute(s => s == "a" ? 3 : 5).ConstValue!);
    }

    [Fact]
    public void Dim_evaluates_and_reports_zero_divisors_and_overflow()
    {
        Assert.Equal(-1, Dim.Parse("floordiv(a - 1, b)").Evaluate(s => s == "a" ? 0 : 3));
        Assert.Equal("TSR0102", Assert.Throws<TesseraException>(() => Dim.Parse("floordiv(a, b)").Evaluate(_ => 0)).Code);
        Assert.Equal("TSR0102", Assert.Throws<TesseraException>(() => Dim.FloorDiv(Dim.Sym("a"), 0)).Code);
        Assert.Equal("TSR0101", Assert.Throws<TesseraException>(() => Dim.Parse("a*a*a").Evaluate(_ => 1L << 40)).Code);
        Assert.Equal("TSR0101", Assert.Throws<TesseraException>(() => Dim.Const(1L << 40) * (1L << 40)).Code);
        Assert.Equal("TSR0101", Assert.Throws<TesseraException>(() => Dim.Const(long.MaxValue) + 1).Code);
    }
}
