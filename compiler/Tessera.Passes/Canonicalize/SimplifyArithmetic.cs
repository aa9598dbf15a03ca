using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>
/// One spelling for what rules match: x − c  →  x + (−c);  1 / x  →  reciprocal(x);  x / 2ᵏ  →  x · 2⁻ᵏ;  pow(x, 2)  →  x·x.
/// All are exact: negation and powers of two lose nothing.
/// </summary>
public sealed class SimplifyArithmetic : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context) => op switch
    {
        Sub { B.Op: Constant c } when op.A.DType.IsFloat() && op.A.Op is not Constant && Map(c.Value, static x => -x) is { } negated
            => context.Emit(new Add(op.A, context.Emit(new Constant { Value = negated }))),
        Div when op.A.DType.IsFloat() && Constants.IsAll(op.A, 1) && context.Equal(op.B.Shape, op.Outputs[0].Shape)
            => context.Emit(new Reciprocal(op.B)),
        Div { B.Op: Constant c } when op.A.DType.IsFloat() && Constants.IsSplat(op.B, out double by) && IsPowerOfTwo(by)
            && Map(c.Value, static x => 1 / x) is { } inverse => context.Emit(new Mul(op.A, context.Emit(new Constant { Value = inverse }))),
        Pow when op.A.DType.IsFloat() && Constants.IsAll(op.B, 2) && context.Equal(op.A.Shape, op.Outputs[0].Shape)
            => context.Emit(new Mul(op.A, op.A)),
        _ => null,
    };

    // Far from the ends of the range, so that neither it nor its inverse is subnormal in any float type.
    private static bool IsPowerOfTwo(double x) => Math.Abs(x) is >= 1.0 / 4096 and <= 4096
        && (BitConverter.DoubleToInt64Bits(x) & 0xFFFFFFFFFFFFF) == 0;

    private static TensorContent? Map(TensorContent content, Func<double, double> f)
    {
        if (content.Count > 1 << 16 || content.DType is not (DType.F32 or DType.F64 or DType.F16 or DType.BF16))
        {
            return null;
        }

        RefTensor tensor = RefTensors.FromContent(content);
        return RefTensors.ToContent(RefTensor.Floats(tensor.DType, tensor.Dims, [.. tensor.F.Select(f)]));
    }
}
