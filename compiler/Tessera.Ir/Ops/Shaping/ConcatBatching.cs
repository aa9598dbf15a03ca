using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>The batched forms of <see cref="Concat"/>.</summary>
internal static class ConcatBatching
{
    public static Batched Batch(BatchContext context, long givenAxis)
    {
        Shape result = context.ResultShape();
        int axis = (int)(givenAxis < 0 ? givenAxis + result.Rank : givenAxis);
        int ragged = context.Environment.RaggedAxis(result, context);
        if (ragged >= 0 && ragged == axis)
        {
            throw context.Mixes("joining along the ragged axis is not supported yet");
        }

        Value[] parts = context.Mode == BatchMode.Packed && ragged >= 0
            ? [.. context.Operands.Select(b => Aligned(context, b!, result[ragged]))]
            : [.. context.Operands.Select((b, i) => Stacking.ToBatch(context, b!, context.ShapeOf(i)))];
        Batched form = context.Wrap(parts[0], result);
        return form with { Value = context.Emit(new Concat(parts.ToEquatableArray()) { Axis = Layout.Axis(form, axis) }) };
    }

    private static Value Aligned(BatchContext context, Batched operand, Dim partition) =>
        operand.Form == BatchForm.Ragged && operand.Partition == partition
            ? operand.Value
            : throw context.Mixes($"lengths {operand.Partition} and {partition} do not align");
}
