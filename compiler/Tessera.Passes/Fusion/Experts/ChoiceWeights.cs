using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Weights that are written along some of the axes of tokens, their choices and experts, as one for each choice.</summary>
internal static class ChoiceWeights
{
    /// <summary>The product of factors for each choice, <c>[T, k]</c>; null where they are none.</summary>
    public static Value? Of(IReadOnlyList<(Value Value, string Labels)> factors, Value ids, RewriteContext context)
    {
        Value? product = null;
        foreach ((Value factor, string labels) in factors)
        {
            if (Chosen(factor, labels, ids, context) is not { } one)
            {
                return null;
            }

            product = product is null ? one : context.Emit(new Mul(product, one));
        }

        return product;
    }

    private static Value? Chosen(Value factor, string labels, Value ids, RewriteContext context)
    {
        Shape each = ids.Shape;
        string axes = labels.Replace(LabelledFactors.None.ToString(), "", StringComparison.Ordinal);
        return axes switch
        {
            "tj" or "jt" when !context.Equal(factor.Shape.NumElements, each.NumElements) => null,
            "tj" => Axes.Reshape(factor, each, context),
            "jt" => Axes.Reshape(Axes.Transpose(Axes.Reshape(factor, [each[1], each[0]], context), context, 1, 0), each, context),
            "t" when each[1] == Dim.One => Axes.Reshape(factor, each, context),
            "t" => context.Emit(new Expand(Axes.Reshape(factor, [each[0], Dim.One], context)) { Shape = each }),
            "te" when labels[^1] == 'e' => context.Emit(new GatherElements(Axes.Reshape(factor, [each[0], factor.Shape[^1]], context), ids) { Axis = 1 }),
            _ => null,
        };
    }
}
