using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>Products as sets of factors, so that a rule need not know in which order a model multiplied them.</summary>
internal static class Products
{
    private const int MostFactors = 8;

    /// <summary>Factors of nested multiplications: those that are no single number, and the product of those that are.</summary>
    public static (IReadOnlyList<Value> Factors, double Scale) Of(Value product)
    {
        List<Value> factors = [];
        double scale = 1;
        Stack<Value> stack = new([product]);
        while (stack.TryPop(out Value? value))
        {
            if (Constants.IsSplat(value, out double number) && value.Rank == 0)
            {
                scale *= number;
            }
            else if (value.Op is Mul mul && factors.Count + stack.Count < MostFactors)
            {
                stack.Push(mul.B);
                stack.Push(mul.A);
            }
            else if (value.Op is Div div && div.B.Rank == 0 && Constants.IsSplat(div.B, out double by) && by != 0)
            {
                scale /= by;
                stack.Push(div.A);
            }
            else
            {
                factors.Add(value);
            }
        }

        return (factors, scale);
    }

    /// <summary>
    /// Whether two numbers are one irrational formula rounded to an element type, a few times over. Numbers that every type
    /// holds, such as 1 and ½, are no such: they are compared exactly.
    /// </summary>
    public static bool Near(double a, double b, DType dtype) => Math.Abs(a - b) <= Math.Abs(b) * dtype switch
    {
        DType.F64 => 1e-12,
        DType.F16 => 4e-3,
        DType.BF16 => 3e-2,
        _ => 1e-6,
    };

    /// <summary>x in <c>x + 1</c>.</summary>
    public static Value? PlusOne(Value sum) => sum.Op is Add { A: var a, B: { Rank: 0 } b } && Constants.IsAll(b, 1) ? a : null;

    /// <summary>
    /// Whether an attribute can stand for a factor. It holds f32, where a number may become ∞, or 0, which means none; f64 would
    /// notice any rounding.
    /// </summary>
    public static bool IsAttribute(double number, DType dtype) => new Real(number).Value is var stored
        && double.IsFinite(stored) && stored != 0 && (dtype != DType.F64 || stored == number);
}
