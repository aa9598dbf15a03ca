using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>x · clip(x + 3, 0, 6) / 6  →  hard_swish(x);  x · hard_sigmoid(x; 1/6, 1/2)  →  hard_swish(x).</summary>
public sealed class FuseHardSwish : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context)
    {
        if (Products.Of(op.Outputs[0]) is not ([var a, var b], var scale))
        {
            return null;
        }

        return Gate(b, scale) is { } gate ? Fuse(op, a, gate, scale, context)
            : Gate(a, scale) is { } other ? Fuse(op, b, other, scale, context)
            : null;
    }

    private static Value? Fuse(BinaryOp op, Value x, (Value Of, double Scale) gate, double scale, RewriteContext context)
    {
        DType dtype = x.DType;
        return !ReferenceEquals(x, gate.Of) ? context.Reject(op, "the gate is of another value than the one it multiplies")
            : dtype != DType.F32 ? context.Reject(op, $"runtimes have no hard_sigmoid of {dtype.Text()}")
            : !(gate.Scale == 1 ? scale == 1 : Products.Near(scale, gate.Scale, dtype)) ? context.Reject(op, $"the product is scaled by {scale}")
            : context.Emit(new HardSwish(x));
    }

    // What a gate is of, and the scale that makes it go from 0 to 1. A product not scaled yet may be so further on.
    private static (Value Of, double Scale)? Gate(Value gate, double scale) => gate.Op switch
    {
        HardSigmoid { Beta.Value: 0.5 } sigmoid when Products.Near(sigmoid.Alpha, 1.0 / 6, DType.F32) => (sigmoid.X, 1),
        Clip { X.Op: Add { A: var x, B: var three }, Min: { } low, Max: { } high } when scale != 1
            && Constants.IsAll(low, 0) && Constants.IsAll(high, 6) && three.Rank == 0 && Constants.IsAll(three, 3) => (x, 1.0 / 6),
        _ => null,
    };
}
