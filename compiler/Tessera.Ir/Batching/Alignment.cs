using Tessera.Ir.Ops;

namespace Tessera.Ir.Batching;

/// <summary>
/// Brings the batched operands of a broadcasting op to one layout. Ranks are raised in one-example terms first: a batch
/// axis in front of operands of different rank would broadcast against the wrong axis and still be valid.
/// </summary>
public static class Alignment
{
    /// <summary>Operands that broadcast, in the layout of a result of one-example shape <paramref name="result"/>.</summary>
    /// <param name="context">The op being batched.</param>
    /// <param name="result">One-example shape they broadcast to.</param>
    public static IReadOnlyList<Value?> Align(BatchContext context, Shape result) =>
        [.. context.Operands.Select((b, i) => b is null ? null : Align(context, b, context.ShapeOf(i), result))];

    /// <summary>One operand in the layout of the result.</summary>
    public static Value Align(BatchContext context, Batched operand, Shape own, Shape result)
    {
        int ragged = context.Mode == BatchMode.Packed ? context.Environment.RaggedAxis(result, context) : -1;
        return ragged >= 0 ? AlignRagged(context, operand, own, result, ragged)
            : operand.Form != BatchForm.Ragged ? AlignDense(context, operand, own, result.Rank)
            : throw context.Mixes($"{own} is ragged and meets sizes {result} that are the same for all examples");
    }

    // [batch, 1 …, own …]; what does not depend on the example broadcasts as it is.
    private static Value AlignDense(BatchContext context, Batched operand, Shape own, int rank)
    {
        if (operand.Form == BatchForm.Unbatched || own.Rank == rank)
        {
            return operand.Value;
        }

        Shape was = operand.Value.Shape;
        Shape raised = [was[0], .. Enumerable.Repeat(Dim.Const(1), rank - own.Rank), .. was.Skip(1)];
        return context.Emit(new Reshape(operand.Value) { Shape = raised });
    }

    // [tokens, the other axes of the result in order].
    private static Value AlignRagged(BatchContext context, Batched operand, Shape own, Shape result, int ragged)
    {
        int axis = ragged - (result.Rank - own.Rank);
        Dim partition = result[ragged];
        if (operand.Form == BatchForm.Ragged && operand.Partition != partition)
        {
            throw context.Mixes($"lengths {operand.Partition} and {partition} do not align");
        }

        if (operand.Form != BatchForm.Ragged && axis >= 0 && own[axis] != Dim.Const(1))
        {
            throw context.Mixes($"an operand {own} of fixed size meets the ragged axis of {result}");
        }

        Shape others = [.. own.Where((_, a) => a != axis)];
        Shape raised = [.. Enumerable.Repeat(Dim.Const(1), result.Rank - 1 - others.Rank), .. others];
        Value value = operand.Value;
        if (operand.Form == BatchForm.Unbatched)
        {
            return own.Rank < result.Rank && axis < 0 && ragged == 0 ? value : Reshaped(context, value, [1, .. raised]);
        }

        if (operand.Form == BatchForm.Dense)
        {
            return RaggedIndex.PerToken(context, Reshaped(context, value, [context.Environment.BatchSize, .. raised]), partition);
        }

        return Reshaped(context, value, [value.Shape[0], .. raised]);
    }

    private static Value Reshaped(BatchContext context, Value value, Shape shape) =>
        value.Shape.Equals(shape) ? value : context.Emit(new Reshape(value) { Shape = shape });
}
