using System.Numerics;

namespace Tessera.Ir.Tests.Shapes;

/// <summary>An expression as written, with an evaluator of its own: what normal forms are judged against.</summary>
internal abstract record DimTree
{
    public abstract Dim ToDim();

    /// <summary>The value, or null where something is divided by zero.</summary>
    public abstract BigInteger? Evaluate(Func<string, long> map);

    public sealed record Number(long Value) : DimTree
    {
        public override Dim ToDim() => Value;

        public override BigInteger? Evaluate(Func<string, long> map) => Value;
    }

    public sealed record Symbol(string Name) : DimTree
    {
        public override Dim ToDim() => Dim.Sym(Name);

        public override BigInteger? Evaluate(Func<string, long> map) => map(Name);
    }

    public sealed record Binary(string Op, DimTree Left, DimTree Right) : DimTree
    {
        public override Dim ToDim() => (Op, Left.ToDim(), Right.ToDim()) switch
        {
            ("+", var a, var b) => a + b,
            ("-", var a, var b) => a - b,
            ("*", var a, var b) => a * b,
            ("floordiv", var a, var b) => Dim.FloorDiv(a, b),
            ("ceildiv", var a, var b) => Dim.CeilDiv(a, b),
            ("mod", var a, var b) => Dim.Mod(a, b),
            ("min", var a, var b) => Dim.Min(a, b),
            (_, var a, var b) => Dim.Max(a, b),
        };

        public override BigInteger? Evaluate(Func<string, long> map)
        {
            if (Left.Evaluate(map) is not { } a || Right.Evaluate(map) is not { } b) return null;
            return Op switch
            {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "floordiv" => b.IsZero ? null : Floor(a, b),
                "ceildiv" => b.IsZero ? null : -Floor(-a, b),
                "mod" => b.IsZero ? null : a - b * Floor(a, b),
                "min" => BigInteger.Min(a, b),
                _ => BigInteger.Max(a, b),
            };
        }

        private static BigInteger Floor(BigInteger a, BigInteger b)
        {
            var quotient = BigInteger.DivRem(a, b, out BigInteger rest);
            return !rest.IsZero && rest.Sign != b.Sign ? quotient - 1 : quotient;
        }
    }
}
