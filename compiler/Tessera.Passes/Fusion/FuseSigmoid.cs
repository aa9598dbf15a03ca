using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>1 / (1 + exp(−x))  →  sigmoid(x).</summary>
public sealed class FuseSigmoid : RewriteRule<Reciprocal>
{
    public override Value? Apply(Reciprocal op, RewriteContext context) =>
        Products.PlusOne(op.X) is { Op: Exp { X: var power } } && Negated(power) is { } x && context.Equal(x.Shape, op.Outputs[0].Shape)
            ? context.Emit(new Sigmoid(x))
            : null;

    private static Value? Negated(Value value) => value.Op is Neg neg ? neg.X
        : Products.Of(value) is ([var only], -1) ? only
        : null;
}
