using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>a ∘ b  →  b ∘ a for commutative ∘, when a is more constant than b: data, then weights, then constants to the right.</summary>
public sealed class ConstantsRight : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context) =>
        op.Traits.HasFlag(OpTraits.Commutative) && Rank(op.A) > Rank(op.B) ? context.Emit(op.WithOperands([op.B, op.A])) : null;

    // What is made of weights and constants alone counts as a weight, so that a transposed weight stays on its side.
    private static int Rank(Value value) => value.Op is Constant ? 2 : IsFixed(value, 4) ? 1 : 0;

    private static bool IsFixed(Value value, int depth) => value.Producer is Parameter or Constant
        || (depth > 0 && value.Producer.Operands is { IsEmpty: false } operands && operands.All(v => v is null || IsFixed(v, depth - 1)));
}
