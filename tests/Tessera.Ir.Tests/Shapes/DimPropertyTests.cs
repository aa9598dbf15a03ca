using System.Numerics;
using CsCheck;
using Xunit;

namespace Tessera.Ir.Tests.Shapes;

public sealed class DimPropertyTests
{
    [Fact]
    public void Dim_normal_form_keeps_the_value() =>
        DimGen.Small(4).Check(seed: 11, iterations: 3000, static tree =>
        {
            if (DimGen.TryNormal(tree) is not { } dim) return;
            foreach (Func<string, long> map in DimGen.Assignments.Where(static (_, i) => i % 7 == 0))
            {
                if (tree.Evaluate(map) is not { } expected || BigInteger.Abs(expected) > long.MaxValue) continue;
                Assert.True(expected == dim.Evaluate(map), $"{tree} became {dim}: {expected} ≠ {dim.Evaluate(map)} at a={map("a")}, b={map("b")}, c={map("c")}");
            }
        });

    [Fact]
    public void Dim_text_reads_back_equal() =>
        DimGen.Small(5).Check(seed: 12, iterations: 5000, static tree =>
        {
            if (DimGen.TryNormal(tree) is not { } dim) return;
            Dim again = Dim.Parse(dim.ToString());
            Assert.True(dim.Equals(again), $"{tree} printed as {dim} and read back as {again}");
            Assert.Equal(dim.GetHashCode(), again.GetHashCode());
        });

    [Fact]
    public void Dim_equality_hash_order_and_text_agree() =>
        Gen.Select(DimGen.Small(3), DimGen.Small(3), DimGen.Small(3)).Check(seed: 13, iterations: 5000, static trees =>
        {
            if (DimGen.TryNormal(trees.Item1) is not { } a || DimGen.TryNormal(trees.Item2) is not { } b) return;
            Assert.Equal(a.Equals(b), a.CompareTo(b) == 0);
            Assert.Equal(a.Equals(b), a.ToString() == b.ToString());
            Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
            if (a.Equals(b)) Assert.Equal(a.GetHashCode(), b.GetHashCode());
            if (DimGen.TryNormal(trees.Item3) is { } c && a <= b && b <= c) Assert.True(a <= c);
        });

    [Fact]
    public void Dim_sums_and_products_do_not_depend_on_order() =>
        Gen.Select(DimGen.Small(2), DimGen.Small(2), DimGen.Small(2)).Check(seed: 14, iterations: 3000, static trees =>
        {
            if (DimGen.TryNormal(trees.Item1) is not { } a
                || DimGen.TryNormal(trees.Item2) is not { } b
                || DimGen.TryNormal(trees.Item3) is not { } c) return;
            Assert.Equal(a + b + c, c + (b + a));
            Assert.Equal(Dim.Sum([a, b, c]), a + b + c);
            Assert.Equal(a * b * c, c * (b * a));
            Assert.Equal(a * (b + c), a * b + a * c);
            Assert.Equal(Dim.Zero, a - a);
        });

    [Fact]
    public void Dim_substitution_is_evaluation_in_steps() =>
        Gen.Select(DimGen.Small(3), DimGen.Small(2)).Check(seed: 15, iterations: 1500, static trees =>
        {
            if (DimGen.TryNormal(trees.Item1) is not { } outer || DimGen.TryNormal(trees.Item2) is not { } inner) return;
            foreach (Func<string, long> map in DimGen.Assignments.Where(static (_, i) => i % 31 == 0))
            {
                if (DimGen.TryEvaluate(inner, map) is not { } value) continue;
                if (DimGen.TryEvaluate(outer, name => name == "a" ? value : map(name)) is not { } expected) continue;
                Assert.Equal(expected, DimGen.TryEvaluate(Substituted(outer, inner), map));
            }
        });

    private static Dim Substituted(Dim outer, Dim inner)
    {
        try
        {
            return outer.Substitute(name => name == "a" ? inner : null);
        }
        catch (TesseraException e) when (e.Code == "TSR0102")
        {
            return outer;
        }
    }
}
