using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>What gathers and scatters of single elements share.</summary>
internal static class ElementIndexing
{
    public static void Check(InferContext context, Value data, Value indices, long axis)
    {
        (Shape d, Shape i) = (context.ShapeOf(data), context.ShapeOf(indices));
        context.Axis(axis, d.Rank);
        if (d.Rank != i.Rank || indices.DType is not (DType.I64 or DType.I32))
        {
            throw context.Error("TSR0203", $"indices must be i32 or i64 of the rank of data; they are {indices.Type}, data is {data.Type}.");
        }
    }

    /// <summary>For each index, the element of data it names.</summary>
    public static int[] Positions(EvalContext context, RefTensor data, RefTensor indices, long givenAxis)
    {
        int axis = (int)(givenAxis < 0 ? givenAxis + data.Rank : givenAxis);
        long[] strides = data.Strides();
        return
        [
            .. Enumerable.Range(0, indices.Count).Select(i => (int)AxisSizes.Coordinates(indices.Dims, i)
                .Select((at, a) => strides[a] * (a == axis ? IndexChecks.Normal(context, indices.I[i], data.Dims[a]) : at))
                .Sum()),
        ];
    }

    /// <summary>Elements picked along the ragged axis, each within its own example; null where that is not asked for.</summary>
    public static Batched? AlongTokens(BatchContext context, long givenAxis)
    {
        (Batched data, Batched indices) = (context.Operands[0]!, context.Operands[1]!);
        int axis = (int)(givenAxis < 0 ? givenAxis + context.ShapeOf(0).Rank : givenAxis);
        if (data.Form == BatchForm.Padded && data.Axis == axis && (indices.Form != BatchForm.Padded || indices.Axis == axis))
        {
            return InRows(context, data, indices, axis);
        }

        if (data.Form != BatchForm.Ragged || data.Axis != axis || (indices.Form == BatchForm.Ragged && indices.Axis != axis))
        {
            return null;
        }

        GraphBuilder g = context.Builder;
        Value lengths = context.Environment.Lengths(data.Partition!);
        Value starts = RaggedIndex.Starts(context, data.Partition!);
        Value outside = RaggedIndex.Number(context, context.Environment.Total(data.Partition!));
        Value Picked(Value at, Value length, Value start) => g.GatherElements(
            data.Value, RaggedIndex.Checked(context, at, RaggedIndex.Column(context, length, at.Rank), RaggedIndex.Column(context, start, at.Rank), outside), 0);
        if (indices.Form == BatchForm.Ragged)
        {
            Dim own = indices.Partition!;
            return context.Wrap(Picked(indices.Value, RaggedIndex.PerToken(context, lengths, own), RaggedIndex.PerToken(context, starts, own)), context.ResultShape());
        }

        // As many of each example: [batch, k, others…] as [batch · k, others…] and back.
        Value stacked = Stacking.ToBatch(context, indices, context.ShapeOf(1));
        Value first = Stacking.Permuted(context, stacked, [0, axis + 1, .. Enumerable.Range(1, stacked.Rank - 1).Where(a => a != axis + 1)]);
        Shape s = first.Shape;
        Value Each(Value perExample) => g.Reshape(g.Expand(g.Reshape(perExample, [s[0], 1]), [s[0], s[1]]), [s[0] * s[1]]);
        Value rows = Picked(g.Reshape(first, [s[0] * s[1], .. s.Skip(2)]), Each(lengths), Each(starts));
        return context.Wrap(RowTables.Placed(context, g.Reshape(rows, s), 2, axis), context.ResultShape());
    }

    // Padded data: an index beyond an example's length is an error, one beyond its indices is none.
    private static Batched InRows(BatchContext context, Batched data, Batched indices, int axis)
    {
        GraphBuilder g = context.Builder;
        Value at = Stacking.ToBatch(context, indices, context.ShapeOf(1));
        Value rows = RaggedIndex.Checked(
            context,
            at,
            RaggedIndex.Column(context, context.Environment.Lengths(data.Partition!), at.Rank),
            g.Int(DType.I64, 0),
            RaggedIndex.Number(context, data.Value.Shape[axis + 1]));
        Value filled = indices.Form == BatchForm.Padded ? context.Environment.Fill(indices with { Value = rows }, 0) : rows;
        return context.Wrap(g.GatherElements(data.Value, filled, axis + 1), context.ResultShape());
    }

    /// <summary>Operands of one layout and the physical axis, where the axis is not the ragged one.</summary>
    public static (IReadOnlyList<Value> Operands, int Axis) Batch(BatchContext context, long givenAxis)
    {
        int axis = (int)(givenAxis < 0 ? givenAxis + context.ShapeOf(0).Rank : givenAxis);
        Batched[] operands = [.. context.Operands.Select(static b => b!)];
        Batched? ragged = operands.FirstOrDefault(static b => b.Form is BatchForm.Ragged or BatchForm.Padded);
        if (ragged is null)
        {
            return ([.. operands.Select((b, i) => Stacking.ToBatch(context, b, context.ShapeOf(i)))], axis + 1);
        }

        if (operands.Any(b => b.Form != ragged.Form || b.Axis != ragged.Axis || b.Partition != ragged.Partition || b.Axis == axis))
        {
            throw context.Mixes("along a ragged axis its operands must be ragged alike, and it cannot pick along that axis");
        }

        // What stands beyond an example's indices is no index.
        Value[] values = [.. operands.Select(static b => b.Value)];
        values[1] = ragged.Form == BatchForm.Padded ? context.Environment.Fill(operands[1], 0) : values[1];
        return (values, Layout.Axis(ragged, axis));
    }
}
