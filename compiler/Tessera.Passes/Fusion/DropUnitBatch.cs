using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>attention(q[1, n, H, D], …)  →  attention(q[n, H, D], …), under reshapes: a batch of one is one example.</summary>
public sealed class DropUnitBatch : RewriteRule<Attention>
{
    public override Value? Apply(Attention op, RewriteContext context)
    {
        if (op.Q.Rank != 4 || op.Q.Shape[0] != Dim.One || op.OutputCount != 1)
        {
            return null;
        }

        if (op.KLengths is not null)
        {
            return context.Reject(op, "its keys have lengths of their own");
        }

        Value One(Value x) => x.Rank == 4 ? Axes.Reshape(x, x.Shape.RemoveAt(0), context) : x;
        Value attended = context.Emit(op with
        {
            Q = One(op.Q),
            K = One(op.K),
            V = One(op.V),
            Mask = op.Mask is null ? null : One(op.Mask),
            Visible = op.Visible is null ? null : One(op.Visible),
        });
        return context.Emit(new Reshape(attended) { Shape = op.Outputs[0].Shape });
    }
}
