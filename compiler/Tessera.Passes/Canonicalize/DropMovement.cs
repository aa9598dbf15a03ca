using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>Expand to its own shape, slice of everything, concat of one  →  x;  squeeze and unsqueeze  →  reshape.</summary>
public sealed class DropMovement : RewriteRule<Op>
{
    public override Value? Apply(Op op, RewriteContext context) => op switch
    {
        Expand { X: var x } when context.Equal(x.Shape, op.Outputs[0].Shape) => x,
        Slice slice when context.Equal(slice.X.Shape, op.Outputs[0].Shape) && slice.Steps.All(static s => s == 1) => slice.X,
        Concat { Inputs: [var only] } => only,
        Squeeze { X: var x } => context.Emit(new Reshape(x) { Shape = op.Outputs[0].Shape }),
        Unsqueeze { X: var x } => context.Emit(new Reshape(x) { Shape = op.Outputs[0].Shape }),
        _ => null,
    };
}
