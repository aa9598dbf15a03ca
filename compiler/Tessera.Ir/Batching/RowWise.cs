using Tessera.Ir.Ops;

namespace Tessera.Ir.Batching;

/// <summary>Norms of the last axis of their first operand, with a gain and perhaps a bias for each feature.</summary>
public static class RowWise
{
    private const int Gain = 1;
    private const int Bias = 2;

    public static IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        if (x.Axis >= 0 && x.Axis == context.ShapeOf(0).Rank - 1)
        {
            throw context.Mixes("its last axis is the ragged one");
        }

        bool ownGain = Varies(context, Gain);
        if (!ownGain && !Varies(context, Bias))
        {
            return [x with { Value = context.Emit(context.Op.WithOperands([.. context.Operands.Select(static b => b?.Value)])) }];
        }

        // What differs by example comes after a norm without it, by the plain product and sum.
        Value?[] operands = [.. context.Operands.Select(static b => b?.Value)];
        operands[0] = x.Value;
        operands[Gain] = ownGain ? Ones(context) : operands[Gain];
        if (operands.Length > Bias)
        {
            operands[Bias] = null;
        }

        Shape result = context.ResultShape();
        Value normal = Alignment.Align(context, x with { Value = context.Emit(context.Op.WithOperands(operands)) }, result, result);
        normal = ownGain ? context.Emit(new Mul(normal, Aligned(context, Gain))) : normal;
        normal = context.Operands.ElementAtOrDefault(Bias) is null ? normal : context.Emit(new Add(normal, Aligned(context, Bias)));
        return [context.Wrap(normal, result)];
    }

    private static bool Varies(BatchContext context, int operand) =>
        context.Operands.ElementAtOrDefault(operand) is { Form: not BatchForm.Unbatched };

    private static Value Aligned(BatchContext context, int operand) =>
        Alignment.Align(context, context.Operands[operand]!, context.ShapeOf(operand), context.ResultShape());

    private static Value Ones(BatchContext context) =>
        context.Builder.Expand(context.Builder.Float(context.Op.Operands[Gain]!.DType, 1), context.ShapeOf(Gain));
}
