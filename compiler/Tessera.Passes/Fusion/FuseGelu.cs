using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// ½·x·(1 + erf(x/√2))  →  gelu(x);  ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))  →  gelu(x) {tanh}, the factors in any order and
/// grouping.
/// </summary>
public sealed class FuseGelu : RewriteRule<Mul>
{
    private const double Cubic = 0.044715;
    private static readonly double s_inner = Math.Sqrt(2 / Math.PI);

    public override Value? Apply(Mul op, RewriteContext context)
    {
        (IReadOnlyList<Value> factors, double scale) = Products.Of(op.Outputs[0]);
        if (factors is not [var a, var b])
        {
            return null;
        }

        (Value x, Value gate) = Products.PlusOne(a) is null ? (a, b) : (b, a);
        if (Products.PlusOne(gate) is not { Op: Erf or Tanh } function)
        {
            return null;
        }

        return scale != 0.5 ? context.Reject(op, $"the factor is {scale}, not 0.5")
            : !context.Equal(x.Shape, op.Outputs[0].Shape) ? context.Reject(op, $"x of {x.Shape} is widened to {op.Outputs[0].Shape}")
            : function.Op switch
            {
                Erf erf when IsErfArgument(erf.X, x) => context.Emit(new Gelu(x)),
                Tanh tanh when IsTanhArgument(tanh.X, x) => context.Emit(new Gelu(x) { Tanh = true }),
                _ => context.Reject(op, $"the argument of {function.Producer.Schema.Name} is not that of GELU for the value it multiplies"),
            };
    }

    private static bool IsErfArgument(Value argument, Value x) =>
        Products.Of(argument) is ([var only], var scale) && ReferenceEquals(only, x) && Products.Near(scale, Math.Sqrt(0.5), x.DType);

    // √(2/π)·(x + c·x³), or √(2/π)·x·(1 + c·x²).
    private static bool IsTanhArgument(Value argument, Value x)
    {
        (IReadOnlyList<Value> factors, double scale) = Products.Of(argument);
        if (!Products.Near(scale, s_inner, x.DType))
        {
            return false;
        }

        return factors switch
        {
            [{ Op: Add sum }] => (ReferenceEquals(sum.A, x) && IsPower(sum.B, x, 3)) || (ReferenceEquals(sum.B, x) && IsPower(sum.A, x, 3)),
            [var y, var rest] when ReferenceEquals(y, x) => Products.PlusOne(rest) is { } square && IsPower(square, x, 2),
            [var rest, var y] when ReferenceEquals(y, x) => Products.PlusOne(rest) is { } square && IsPower(square, x, 2),
            _ => false,
        };
    }

    private static bool IsPower(Value value, Value x, int exponent)
    {
        (IReadOnlyList<Value> factors, double scale) = Products.Of(value);
        bool spelled = factors.Count == exponent && factors.All(f => ReferenceEquals(f, x));
        bool pow = factors is [{ Op: Pow p }] && ReferenceEquals(p.A, x) && Canonicalize.Constants.IsAll(p.B, exponent);
        return (spelled || pow) && Products.Near(scale, Cubic, x.DType);
    }
}
