using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>Single numbers in what a rule matches: factors, zeros, what is filled in.</summary>
internal static class Numbers
{
    private const int Deepest = 8;

    /// <summary>x in x·a, x/b and so on, and the product of the numbers.</summary>
    public static (Value Value, double Scale) StripScale(Value value)
    {
        double scale = 1;
        while (true)
        {
            switch (value.Op)
            {
                case Mul { A: var x, B: var c } when IsNumber(c, x, out double by):
                    (value, scale) = (x, scale * by);
                    break;
                case Div { A: var x, B: var c } when IsNumber(c, x, out double by) && by != 0:
                    (value, scale) = (x, scale / by);
                    break;
                default:
                    return (value, scale);
            }
        }
    }

    /// <summary>The same beneath ops that only move elements, which are made again without the factors.</summary>
    public static (Value Value, double Scale) StripScaleBelow(Value value, RewriteContext context) => StripScaleBelow(value, context, Deepest);

    private static (Value Value, double Scale) StripScaleBelow(Value value, RewriteContext context, int depth)
    {
        (Value inner, double scale) = StripScale(value);
        if (depth == 0 || inner.Op is not (Transpose or Reshape or Expand))
        {
            return (inner, scale);
        }

        (Value x, double below) = StripScaleBelow(inner.Producer.Operands[0]!, context, depth - 1);
        return below == 1 ? (inner, scale) : (context.Emit(inner.Producer.WithOperands([x])), scale * below);
    }

    /// <summary>Whether it is 0 throughout, of either sign.</summary>
    public static bool IsZero(Value value) => IsSplat(value, out double number) && number == 0;

    /// <summary>Whether it is one number throughout that hides a logit: far below 0.</summary>
    public static bool IsFill(Value value, out double number) => IsSplat(value, out number) && number <= -1e4;

    /// <summary>Whether the cast keeps every number.</summary>
    public static bool Widens(Cast cast) => Digits(cast.X.DType) is > 0 and var before && Digits(cast.To) is var after && before <= after
        && !(cast.X.DType == DType.F16 && cast.To == DType.BF16) && !(cast.X.DType == DType.BF16 && cast.To == DType.F16);

    /// <summary>Of two element types of floats that one which holds the other's numbers; null for none.</summary>
    public static DType? Wider(DType a, DType b) => a == b ? a : Digits(a) == 0 || Digits(b) == 0 ? null
        : Digits(a) == Digits(b) ? DType.F32
        : Digits(a) > Digits(b) ? a : b;

    // 16-bit floats count alike: neither holds the other's.
    private static int Digits(DType dtype) => dtype switch { DType.F64 => 3, DType.F32 => 2, DType.F16 or DType.BF16 => 1, _ => 0 };

    /// <summary>Whether it is one number throughout, however its shape came about.</summary>
    public static bool IsSplat(Value value, out double number)
    {
        for (int depth = 0; depth < Deepest; depth++)
        {
            switch (value.Op)
            {
                case Reshape or Expand or Transpose:
                case Cast { X.DType: DType.F16 or DType.BF16 or DType.F32 or DType.F64, To: DType.F32 or DType.F64 }:
                    value = value.Producer.Operands[0]!;
                    continue;
                case Cast { To: var to } cast when to.IsFloat() && IsSplat(cast.X, out number):
                    number = RefTensors.Round(to, number);
                    return true;
                case ConstantOfShape { Value: { DType: DType.F16 or DType.BF16 or DType.F32 or DType.F64 or DType.I32 or DType.I64 } content }:
                    number = RefTensors.FromContent(content).Number(0);
                    return true;
                default:
                    return Constants.IsSplat(value, out number);
            }
        }

        number = 0;
        return false;
    }

    private static bool IsNumber(Value constant, Value x, out double number) =>
        Constants.IsSplat(constant, out number) && constant.Tensor.Shape!.NumElements == Dim.One && constant.Rank <= x.Rank;
}
