using System.Text;
using Xunit;

namespace Tessera.Ir.Tests.Shapes;

/// <summary>Expressions as a hostile file might hold them: bounded time, bounded stack, a clear error at worst.</summary>
public sealed class DimHostileTests
{
    [Fact]
    public void Dim_sum_of_ten_thousand_terms_is_quick()
    {
        Dim[] terms = [.. Enumerable.Range(0, 10_000).Select(static i => Dim.Sym($"s{i * 7919 % 10_000}") * (i + 1))];
        Dim sum = Dim.Sum(terms);
        Dim parsed = Dim.Parse(sum.ToString());
        Assert.True(sum.Equals(parsed));
        Assert.True(terms[..1_000].Aggregate(static (a, b) => a + b).Equals(Dim.Sum(terms[..1_000])));
        Assert.Equal(10_000, Assert.IsType<SumDim>(parsed).Terms.Length);
        Assert.Equal(50_005_000, parsed.Evaluate(static _ => 1));
        Assert.Equal(Proof.Proved, DimFacts.None.GreaterEqual(parsed, 0));
        Assert.Equal(Dim.Zero, sum - parsed);
    }

    [Fact]
    public void Dim_product_of_wide_sums_stays_a_product()
    {
        Dim wide = Dim.Sum(Enumerable.Range(0, 300).Select(static i => Dim.Sym($"a{i}")));
        Dim other = Dim.Sum(Enumerable.Range(0, 300).Select(static i => Dim.Sym($"b{i}") * 6));
        Dim product = wide * other * 5 * Dim.Sym("x");
        Assert.Equal(30, Assert.IsType<ProductDim>(product).Coefficient);
        Assert.Equal(product, Dim.Parse(product.ToString()));
        Assert.Equal(product, Dim.Sym("x") * wide * (other * 5));
        Assert.True((wide * Dim.Sym("x")).Equals(Dim.FloorDiv(product, other * 5)));
        Assert.True(Dim.Mod(product, wide * 3).Equals(Dim.Zero));
        Assert.Equal(30L * 300 * 300, product.Evaluate(static _ => 1));
        Assert.Equal(Dim.Zero, product - product);
    }

    [Fact]
    public void Dim_power_of_a_sum_is_bounded()
    {
        string text = string.Join("*", Enumerable.Repeat("(a + b + c + d)", 500));
        var product = Assert.IsType<ProductDim>(Dim.Parse(text));
        Assert.Equal(500, product.Factors.Length);
        Assert.Equal(product, Dim.Parse(product.ToString()));
    }

    [Fact]
    public void Dim_nested_a_thousand_deep_is_fine()
    {
        Dim nested = Dim.Sym("n");
        for (int i = 0; i < 1_000; i++) nested = i % 2 == 0 ? Dim.FloorDiv(nested * 3 + Dim.Sym("m"), 5) : Dim.Mod(nested, Dim.Sym("k")) + 1;
        Assert.Equal(nested, Dim.Parse(nested.ToString()));
        Assert.Equal(["k", "m", "n"], nested.Symbols);
        Assert.Equal(nested.Evaluate(static _ => 9), nested.Substitute(static s => Dim.Sym(s + "1")).Evaluate(static _ => 9));
        Assert.Equal(nested, DimFacts.None.Simplify(nested));
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(1_000_000)]
    public void Dim_nested_deeper_is_refused(int depth)
    {
        var text = new StringBuilder();
        for (int i = 0; i < depth; i++) text.Append('(');
        text.Append('n');
        for (int i = 0; i < depth; i++) text.Append(')');
        Assert.Equal("TSR0103", Assert.Throws<TesseraException>(() => Dim.Parse(text.ToString())).Code);
    }

    [Fact]
    public void Dim_that_shares_its_parts_without_bound_is_refused()
    {
        Dim dim = Dim.Sym("n");
        var error = Assert.Throws<TesseraException>(() =>
        {
            for (int i = 0; i < 100; i++) dim = Dim.FloorDiv(dim, Dim.Sym("a")) + Dim.Mod(dim, Dim.Sym("b"));
        });
        Assert.Equal("TSR0104", error.Code);
    }

    [Fact]
    public void Dim_of_long_operator_chains_reads()
    {
        Assert.Equal(Dim.Sym("n"), Dim.Parse(new string('-', 100_000) + "n"));
        Assert.Equal(Dim.Sym("n") * 100_000, Dim.Parse(string.Join(" + ", Enumerable.Repeat("n", 100_000))));
        Assert.Equal("TSR0101", Assert.Throws<TesseraException>(() => Dim.Product(Enumerable.Repeat((Dim)3, 100))).Code);
    }

    [Fact]
    public void Facts_from_many_constraints_answer_quickly()
    {
        var facts = new DimFacts(Enumerable.Range(0, 300).Select(static i =>
            (Constraint)new Constraint.GreaterEqual(Dim.Sym($"s{i + 1}"), Dim.Sym($"s{i}"))));
        Assert.Equal(Proof.Proved, facts.GreaterEqual(Dim.Sym("s3"), Dim.Sym("s0")));
        Assert.Equal(Proof.Unknown, facts.GreaterEqual(Dim.Sym("s0"), Dim.Sym("s300")));
    }

    [Fact]
    public void Facts_beyond_64_bits_are_unknown()
    {
        Dim large = Dim.Sym("n") * long.MaxValue;
        Assert.Equal(Proof.Unknown, DimFacts.None.Equal(large, -large - 2 * Dim.Sym("m")));
        Assert.Equal(Proof.Proved, DimFacts.None.GreaterEqual(large, 0));
    }

    [Fact]
    public void Symbol_name_reserved_for_proofs_is_refused() =>
        Assert.Equal("TSR0107", Assert.Throws<TesseraException>(() => Dim.Sym("\u00010")).Code);
}
