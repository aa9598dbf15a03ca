using CsCheck;

namespace Tessera.Ir.Tests.Shapes;

/// <summary>Random expressions, constraints and assignments, the same in every run.</summary>
internal static class DimGen
{
    public static readonly string[] Symbols = ["a", "b", "c"];

    private static readonly string[] s_operators = ["+", "+", "-", "*", "*", "floordiv", "ceildiv", "mod", "min", "max"];

    private static readonly long[] s_values = [0, 1, 2, 3, 4, 6, 7, 12, 28];

    public static Gen<DimTree> Leaf { get; } = Gen.OneOf(
        Gen.Long[-4, 14].Select(static v => (DimTree)new DimTree.Number(v)),
        Gen.Int[0, Symbols.Length - 1].Select(static i => (DimTree)new DimTree.Symbol(Symbols[i])));

    public static Gen<Constraint> Constraint { get; } = Gen.OneOf(
        Gen.Select(Small(1), Gen.Long[0, 4], static (t, v) => (Constraint)new Constraint.GreaterEqual(Normal(t), v)),
        Gen.Select(Small(1), Small(1), static (t, u) => (Constraint)new Constraint.GreaterEqual(Normal(t), Normal(u))),
        Gen.Select(Leaf, Gen.Long[2, 7], static (t, v) => (Constraint)new Constraint.Divisible(Normal(t), v)),
        Gen.Select(Small(1), Gen.Long[2, 4], static (t, v) => (Constraint)new Constraint.Divisible(Normal(t), v)),
        Gen.Select(Leaf, Small(1), static (t, u) => (Constraint)new Constraint.Equal(Normal(t), Normal(u))));

    /// <summary>Every assignment over a few values: small ones, and multiples of the usual divisors.</summary>
    public static IReadOnlyList<Func<string, long>> Assignments { get; } =
    [
        .. from a in s_values
           from b in s_values
           from c in s_values
           select (Func<string, long>)(name => name == "a" ? a : name == "b" ? b : c),
    ];

    public static Gen<DimTree> Small(int depth) => depth == 0 ? Leaf : Gen.OneOf(Leaf, Gen.Select(
        Gen.Int[0, s_operators.Length - 1],
        Small(depth - 1),
        Small(depth - 1),
        static (op, left, right) => (DimTree)new DimTree.Binary(s_operators[op], left, right)));

    public static void Check<T>(this Gen<T> gen, uint seed, int iterations, Action<T> check)
    {
        var random = new PCG(1, seed);
        for (int i = 0; i < iterations; i++) check(gen.Generate(random, null, out _));
    }

    /// <summary>The normal form, or null where a constant 0 divides.</summary>
    public static Dim? TryNormal(DimTree tree)
    {
        try
        {
            return tree.ToDim();
        }
        catch (TesseraException e) when (e.Code == "TSR0102")
        {
            return null;
        }
    }

    /// <summary>The value, or null where something divides by zero.</summary>
    public static long? TryEvaluate(Dim dim, Func<string, long> map)
    {
        try
        {
            return dim.Evaluate(map);
        }
        catch (TesseraException e) when (e.Code == "TSR0102")
        {
            return null;
        }
    }

    public static bool Holds(Constraint constraint, Func<string, long> map)
    {
        try
        {
            return constraint.IsSatisfied(map);
        }
        catch (TesseraException e) when (e.Code == "TSR0102")
        {
            return false;
        }
    }

    private static Dim Normal(DimTree tree) => TryNormal(tree) ?? Dim.Zero;
}
