using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Fusion;

namespace Tessera.Passes.Lowering;

/// <summary>
/// reshape(layer_norm(reshape(x))) that gives x its shape back  →  standard_layer_norm(x) over the axes that were made one, and so
/// for rms_norm;  standard_layer_norm(reshape(x)) with its statistics likewise, all reshaped behind it.
/// </summary>
public sealed class NormOverAxes : RewriteRule<Op>
{
    public override IReadOnlyList<Value>? ApplyAll(Op op, RewriteContext context) => op switch
    {
        Reshape reshape => Restored(reshape, context) is { } value ? [value] : null,
        StandardLayerNorm { Axis: -1, Statistics: true, X.Op: Reshape { X: var x } } norm when First(x.Shape, norm.X.Shape[^1], context) is { } axis
            => [.. context.EmitAll(Over(norm, x, axis, context)).Select((v, i) => Axes.Reshape(v, norm.Outputs[i].Shape, context))],
        _ => null,
    };

    private static StandardLayerNorm Over(StandardLayerNorm norm, Value x, int axis, RewriteContext context)
    {
        Shape features = [.. x.Shape.Skip(axis)];
        return norm with
        {
            X = x,
            Weight = Axes.Reshape(norm.Weight, features, context),
            Bias = norm.Bias is null ? null : Axes.Reshape(norm.Bias, features, context),
            Axis = -features.Rank,
        };
    }

    private static Value? Restored(Reshape op, RewriteContext context)
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
