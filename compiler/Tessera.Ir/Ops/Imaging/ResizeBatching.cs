using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// The batched forms of <see cref="Resize"/>: the batch is an axis that stays. A ragged axis stays too: where its scale is not 1, elements
/// near an example's end would be made of what lies beyond it.
/// </summary>
internal static class ResizeBatching
{
    public static IReadOnlyList<Batched> Batch(BatchContext context, Resize op)
    {
        Folding.RequireShared(context, [0, Folding.Shared, Folding.Shared, Folding.Shared]);
        Batched x = context.Operands[0]!;
        int rank = context.ShapeOf(0).Rank;
        int[] axes = op.Axes.Count == 0 ? [.. Enumerable.Range(0, rank)] : [.. op.Axes.Select(a => (int)(a < 0 ? a + rank : a))];
        if (x.Axis >= 0 && !Stays(op, Array.IndexOf(axes, x.Axis)))
        {
            throw context.Mixes($"it scales the ragged axis {x.Axis}");
        }

        (Value? scales, Value? sizes) = (context.Operands[2]?.Value, context.Operands[3]?.Value);
        if (x.Form == BatchForm.Ragged)
        {
            Value placed = context.Emit(op with { X = Folding.Placed(context, x), Scales = scales, Sizes = sizes });
            return [context.Wrap(Folding.TokensFirst(context, placed, x.Axis), context.ResultShape())];
        }

        GraphBuilder g = context.Builder;
        bool all = op.Axes.Count == 0 && op.Roi is null && op.KeepAspectRatioPolicy == "stretch";
        Value value = context.Emit(op with
        {
            X = x.Value,
            Roi = context.Operands[1]?.Value,
            Scales = all && scales is not null ? OneAnd(g, scales) : scales,
            Sizes = all && sizes is not null ? g.Concat([g.Reshape(RaggedIndex.Number(context, context.Environment.BatchSize), [1]), sizes], axis: 0) : sizes,
            Axes = all ? [] : [.. axes.Select(static a => (long)a + 1)],
        });
        return [context.Wrap(value, context.ResultShape())];
    }

    // [1, scales …]: a constant where they are one, since sizes follow from those.
    private static Value OneAnd(GraphBuilder g, Value scales)
    {
        float[] one = [1];
        return scales.Op is Constant { Value: { } known }
            ? g.Constant(TensorContent.From<float>(DType.F32, [known.Count + 1], [.. one, .. Evaluate.RefTensors.FromContent(known).F.Select(static s => (float)s)]))
            : g.Concat([g.Constant(TensorContent.From(DType.F32, [1], one)), scales], axis: 0);
    }

    // Not among the resized, or by a constant scale of 1 that needs no neighbours.
    private static bool Stays(Resize op, int k) => k < 0
        || (op.Scales?.Op is Constant { Value: { } scales } && Evaluate.RefTensors.FromContent(scales).F[k] == 1 && op.Coordinates != "tf_crop_and_resize");
}
