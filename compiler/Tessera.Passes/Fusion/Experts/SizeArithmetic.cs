using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Single integers that are computed from sizes.</summary>
internal static class SizeArithmetic
{
    private const int Deepest = 12;

    /// <summary>The size that a number is; null where it is none, or may be below 0 where it is divided.</summary>
    public static Dim? Of(Value number, RewriteContext context) => number.Type is TensorType { Shape: { } shape } && shape.NumElements == Dim.One ? Of(number, context, Deepest) : null;

    private static Dim? Of(Value value, RewriteContext context, int depth)
    {
        if (value.Sizes is [var size] || depth == 0 || !value.DType.IsInteger())
        {
            return value.Sizes is [var known] ? known : null;
        }

        Dim? At(Value operand) => Of(operand, context, depth - 1);
        return value.Op switch
        {
            Reshape { X: var x } => At(x),
            Cast { X: var x } when x.DType is DType.I32 or DType.I64 => At(x),
            Add { A: var a, B: var b } => At(a) is { } left && At(b) is { } right ? left + right : null,
            Sub { A: var a, B: var b } => At(a) is { } left && At(b) is { } right ? left - right : null,
            Mul { A: var a, B: var b } => At(a) is { } left && At(b) is { } right ? left * right : null,
            Div { A: var a, B: var b } => At(a) is { } left && At(b) is { } right && IsAtLeast(left, 0, context) && IsAtLeast(right, 1, context) ? Dim.FloorDiv(left, right) : null,
            Max { A: var a, B: var b } => At(a) is { } left && At(b) is { } right ? Dim.Max(left, right) : null,
            Min { A: var a, B: var b } => At(a) is { } left && At(b) is { } right ? Dim.Min(left, right) : null,
            _ => null,
        };
    }

    private static bool IsAtLeast(Dim size, long least, RewriteContext context) => context.Facts.GreaterEqual(size, least) == Proof.Proved;
}
