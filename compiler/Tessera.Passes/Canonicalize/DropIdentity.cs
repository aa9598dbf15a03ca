using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>x·1, x/1, x − 0, x + (−0)  →  x;  for integers x + 0  →  x. (For floats x + 0 would turn −0 into 0.)</summary>
public sealed class DropIdentity : RewriteRule<BinaryOp>
{
    public override Value? Apply(BinaryOp op, RewriteContext context)
    {
        bool neutral = op switch
        {
            Mul or Div => Constants.IsAll(op.B, 1),
            Sub => Constants.IsAll(op.B, 0),
            Add => Constants.IsAll(op.B, op.A.DType.IsFloat() ? -0.0 : 0),
            _ => false,
        };
        return !neutral ? null
            : context.Equal(op.A.Shape, op.Outputs[0].Shape) ? op.A
            : context.Reject(op, $"the constant's shape {op.B.Shape} widens {op.A.Shape}");
    }
}
