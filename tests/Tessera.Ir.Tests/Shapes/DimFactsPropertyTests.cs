using CsCheck;
using Xunit;

namespace Tessera.Ir.Tests.Shapes;

/// <summary>Whatever is proved holds, and whatever is disproved fails, at every assignment that satisfies the constraints.</summary>
public sealed class DimFactsPropertyTests
{
    private static readonly Gen<(Constraint[] Constraints, DimTree Left, DimTree Right)> s_questions =
        Gen.Select(DimGen.Constraint.Array[0, 3], DimGen.Small(3), DimGen.Small(2));

    [Fact]
    public void Facts_about_equality_hold() => Check(seed: 21, static (facts, a, b, where) =>
        (facts.Equal(a, b), where.All(v => v.A == v.B), where.All(v => v.A != v.B)));

    [Fact]
    public void Facts_about_order_hold() => Check(seed: 22, static (facts, a, b, where) =>
        (facts.GreaterEqual(a, b), where.All(v => v.A >= v.B), where.All(v => v.A < v.B)));

    [Fact]
    public void Facts_about_divisibility_hold() => Check(seed: 23, static (facts, a, _, where) =>
        (facts.Divisible(a, 6), where.All(v => v.A % 6 == 0), where.All(v => v.A % 6 != 0)));

    [Fact]
    public void Facts_about_ranges_hold() => Check(seed: 24, static (facts, a, _, where) =>
        facts.Range(a) is var (min, max) && where.All(v => !(v.A < min) && !(v.A > max))
            ? (Proof.Unknown, true, true)
            : (Proof.Proved, false, false));

    [Fact]
    public void Facts_simplify_to_the_same_value() => s_questions.Check(seed: 25, iterations: 1500, static question =>
    {
        if (DimGen.TryNormal(question.Left) is not { } dim) return;
        var facts = new DimFacts(question.Constraints);
        Dim simple = facts.Simplify(dim);
        foreach (Func<string, long> map in Satisfying(question.Constraints))
        {
            if (DimGen.TryEvaluate(dim, map) is not { } expected) continue;
            Assert.True(
                expected == DimGen.TryEvaluate(simple, map),
                $"{dim} became {simple} under {string.Join("; ", question.Constraints.AsEnumerable())} at a={map("a")}, b={map("b")}, c={map("c")}");
        }
    });

    [Fact]
    public void Facts_are_contradictory_only_where_nothing_satisfies() =>
        DimGen.Constraint.Array[1, 4].Check(seed: 26, iterations: 1500, static constraints =>
        {
            var facts = new DimFacts(constraints);
            if (facts.IsContradictory) Assert.Empty(Satisfying(constraints));
        });

    [Fact]
    public void Constraint_text_reads_back_equal() => DimGen.Constraint.Check(seed: 27, iterations: 2000, static constraint =>
        Assert.Equal(constraint, Constraint.Parse(constraint.ToString())));

    [Theory]
    [InlineData("n >= 1")]
    [InlineData("h % 14 == 0")]
    [InlineData("(h + 2) % 14 == 0")]
    [InlineData("a == b")]
    [InlineData("2*m*n % 4 == 0")]
    public void Constraint_prints_as_it_reads(string text) => Assert.Equal(text, Constraint.Parse(text).ToString());

    [Theory]
    [InlineData("n")]
    [InlineData("n >=")]
    [InlineData("n = 3")]
    [InlineData("n % 0 == 0")]
    [InlineData("n % 4 == 1")]
    [InlineData("h + 2 % 14 == 0")]
    public void Constraint_rejects_what_is_not_its_text(string text) =>
        Assert.Equal("TSR0103", Assert.Throws<TesseraException>(() => Constraint.Parse(text)).Code);

    private static void Check(
        uint seed,
        Func<DimFacts, Dim, Dim, (long A, long B)[], (Proof Answer, bool Always, bool Never)> ask) =>
        s_questions.Check(seed, iterations: 1500, question =>
        {
            if (DimGen.TryNormal(question.Left) is not { } a || DimGen.TryNormal(question.Right) is not { } b) return;
            var values = new List<(long, long)>();
            foreach (Func<string, long> map in Satisfying(question.Constraints))
                if (DimGen.TryEvaluate(a, map) is { } x && DimGen.TryEvaluate(b, map) is { } y) values.Add((x, y));
            (Proof answer, bool always, bool never) = ask(new DimFacts(question.Constraints), a, b, [.. values]);
            Assert.True(
                answer switch { Proof.Proved => always, Proof.Disproved => never, _ => true },
                $"{answer}: {a} and {b} under {string.Join("; ", question.Constraints.AsEnumerable())}");
        });

    private static IEnumerable<Func<string, long>> Satisfying(Constraint[] constraints) =>
        DimGen.Assignments.Where(map => constraints.All(c => DimGen.Holds(c, map)));
}
