using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Of which sign numbers are, whatever the inputs are.</summary>
internal static class Signs
{
    private const int Deepest = 12;

    /// <summary>Whether none is below 0; NaN is not asked about. A law that asks relies on what the value is made of.</summary>
    public static bool IsNeverNegative(Value value, RewriteContext context) => IsNeverNegative(value, context, Deepest);

    private static bool IsNeverNegative(Value value, RewriteContext context, int depth)
    {
        if (depth == 0 || !Follows(value, v => IsNeverNegative(v, context, depth - 1)))
        {
            return false;
        }

        context.RelyOn(value);
        return true;
    }

    private static bool Follows(Value value, Func<Value, bool> isNeverNegative) => value.Producer switch
    {
        Softmax or Sigmoid or Relu or Exp or Abs => true,
        TopK top => value.Index == 1 || isNeverNegative(top.X),
        Cast { X.DType: DType.Bool } => true,
        Cast { X: var x } cast => cast.To.IsFloat() && x.DType.IsFloat() && isNeverNegative(x),
        Reshape or Transpose or Expand or ReduceMax or ReduceSum or GatherElements or Gather or Slice => isNeverNegative(value.Producer.Operands[0]!),
        Mul { A: var a, B: var b } => isNeverNegative(a) && isNeverNegative(b),
        Div { A: var a, B: var b } => isNeverNegative(a) && isNeverNegative(b),
        Add { A: var a, B: var b } => isNeverNegative(a) && isNeverNegative(b),
        _ => Numbers.IsSplat(value, out double number) && number >= 0,
    };
}
