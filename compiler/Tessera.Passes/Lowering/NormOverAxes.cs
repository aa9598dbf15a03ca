using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Fusion;

namespace Tessera.Passes.Lowering;

/// <summary>
/// reshape(layer_norm(reshape(x))) that gives x its shape back  →  standard_layer_norm(x) over the axes that were made one, and so
/// for rms_norm.
/// </summary>
public sealed class NormOverAxes : RewriteRule<Reshape>
{
    public override Value? Apply(Reshape op, RewriteContext context)
    {
        if (op.X is not { Op: LayerNorm or RmsNorm } normal || normal.Producer.Operands[0] is not { Op: Reshape { X: var x } }
            || !context.Equal(op.Shape, x.Shape) || First(x.Shape, normal.Shape[^1], context) is not { } axis)
        {
            return null;
        }

        if (!context.HasSingleUse(normal))
        {
            return context.Reject(op, "the norm has other users");
        }

        Shape features = [.. x.Shape.Skip(axis)];
        Value Gain(Value vector) => Axes.Reshape(vector, features, context);
        return context.Emit(normal.Op is LayerNorm norm
            ? new StandardLayerNorm(x, Gain(norm.Weight), norm.Bias is null ? null : Gain(norm.Bias)) { Axis = -features.Rank, Epsilon = norm.Epsilon }
            : new StandardRmsNorm(x, Gain(((RmsNorm)normal.Op).Weight)) { Axis = -features.Rank, Epsilon = ((RmsNorm)normal.Op).Epsilon });
    }

    // The axis from which on there are as many elements as the norm has features.
    private static int? First(Shape shape, Dim features, RewriteContext context)
    {
        Dim product = Dim.One;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            product = shape[axis] * product;
            if (context.Equal(product, features))
            {
                return axis;
            }
        }

        return null;
    }
}
