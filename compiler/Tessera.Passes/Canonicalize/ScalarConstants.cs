using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>x ∘ c[1, …, 1]  →  x ∘ c[] for a constant of one element, on either side, where it adds no axis.</summary>
public sealed class ScalarConstants : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context) =>
        IsLone(op.B) && op.A.Rank >= op.B.Rank ? context.Emit(op.WithOperands([op.A, Scalar(op.B, context)]))
        : IsLone(op.A) && op.B.Rank >= op.A.Rank ? context.Emit(op.WithOperands([Scalar(op.A, context), op.B]))
        : null;

    private static bool IsLone(Value value) => value is { Op: Constant { Value: { Count: 1, DType: not DType.String } content }, Rank: > 0 } && content.DType.Bits() >= 8;

    private static Value Scalar(Value value, RewriteContext context) =>
        context.Emit(new Constant { Value = RefTensors.ToContent(RefTensors.FromContent(((Constant)value.Producer).Value).Reshaped([])) });
}
