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
