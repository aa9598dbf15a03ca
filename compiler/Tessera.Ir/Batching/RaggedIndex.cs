using Tessera.Ir.Ops;

namespace Tessera.Ir.Batching;

/// <summary>Numbers that say where the rows of each example are; all <c>i64</c>.</summary>
public static class RaggedIndex
{
    /// <summary><c>[size]</c>: 0, 1, 2, …</summary>
    public static Value Count(BatchContext context, Dim size)
    {
        GraphBuilder g = context.Builder;
        return g.Range(g.Int(DType.I64, 0), Number(context, size), g.Int(DType.I64, 1));
    }

    /// <summary><c>[]</c>: a size of the batched graph.</summary>
    public static Value Number(BatchContext context, Dim size) =>
        size.ConstValue is { } known ? context.Builder.Int(DType.I64, known) : context.Builder.DimValue(size);

    /// <summary><c>[batch]</c> or <c>[]</c>: a one-example size, a number for each example where it is ragged.</summary>
    public static Value Length(BatchContext context, Dim dim) =>
        context.Environment.IsRagged(dim) ? context.Environment.Lengths(dim) : Number(context, dim);

    /// <summary><c>[batch]</c>: the row at which each example starts along the packed axis.</summary>
    public static Value Starts(BatchContext context, Dim partition)
    {
        GraphBuilder g = context.Builder;
        Value starts = g.Slice(context.Environment.CuSeqlens(partition), [0], [context.Environment.BatchSize], [0]);
        return g.Cast(starts, DType.I64);
    }

    /// <summary><c>[tokens]</c>: the example each row belongs to.</summary>
    public static Value Segments(BatchContext context, Dim partition) =>
        PerToken(context, Count(context, context.Environment.BatchSize), partition);

    /// <summary><c>[tokens, …]</c>: row b of <c>[batch, …]</c> for each row of example b; a scalar stays what it is.</summary>
    public static Value PerToken(BatchContext context, Value perExample, Dim partition)
    {
        if (perExample.Rank == 0)
        {
            return perExample;
        }

        // Kernels copy elements of whole bytes; what is not of such goes by its row's number.
        if (perExample.DType is DType.String or DType.C64 or DType.C128)
        {
            return context.Builder.Gather(perExample, Segments(context, partition));
        }

        // Where inputs carry the total, it follows from their sizes; else offsets end there, and the size has its name from here on.
        GraphBuilder g = context.Builder;
        (Value cu, Dim total) = (context.Environment.CuSeqlens(partition), context.Environment.Total(partition));
        SegmentExpand expand = new(perExample, cu, g.IsOfInputs(total) ? Number(context, total) : SegmentGrid.Count(g, cu));
        return g.EmitAs(expand, [perExample.Tensor with { Shape = [total, .. perExample.Shape.Skip(1)] }])[0];
    }

    /// <summary><c>[tokens]</c>: position of each row in its example.</summary>
    public static Value Positions(BatchContext context, Dim partition)
    {
        // The total may be a size that no input carries; what is had for each row carries it.
        GraphBuilder g = context.Builder;
        g.Assume(new Constraint.GreaterEqual(context.Environment.Total(partition), Dim.Zero));
        Value starts = PerToken(context, Starts(context, partition), partition);
        return g.Sub(g.Range(g.Int(DType.I64, 0), g.Squeeze(g.ShapeOf(starts), [0]), g.Int(DType.I64, 1)), starts);
    }

    /// <summary>
    /// <c>value[batch, …]</c> as it is; the run fails where an example has fewer than <paramref name="least"/> tokens, as the
    /// op does on that example alone, unless that is known not to happen.
    /// </summary>
    public static Value RequireTokens(BatchContext context, Value value, Dim partition, Dim least)
    {
        if (context.Environment.ExampleFacts.GreaterEqual(partition, least) == Proof.Proved)
        {
            return value;
        }

        GraphBuilder g = context.Builder;
        Value enough = g.GreaterOrEqual(Length(context, partition), Number(context, least));
        Value examples = Count(context, context.Environment.BatchSize);
        return g.Gather(value, g.Where(enough, examples, Number(context, context.Environment.BatchSize)), axis: 0);
    }

    /// <summary>
    /// Positions <c>[batch, …]</c> kept within each example: where numbers have no order, as NaN has none, padding may have been preferred
    /// to tokens, and no position may lead out of its example.
    /// </summary>
    public static Value Within(BatchContext context, Value positions, Dim partition)
    {
        GraphBuilder g = context.Builder;
        Value last = g.Max(g.Sub(Length(context, partition), g.Int(DType.I64, 1)), g.Int(DType.I64, 0));
        return g.Min(positions, Column(context, last, positions.Rank));
    }

    /// <summary><c>[batch, 1, …]</c> or <c>[tokens, 1, …]</c> of the given rank, to broadcast against; a scalar stays what it is.</summary>
    public static Value Column(BatchContext context, Value vector, int rank) => vector.Rank == 0 || rank == 1
        ? vector
        : context.Builder.Reshape(vector, [vector.Shape[0], .. Enumerable.Repeat(Dim.One, rank - 1)]);

    /// <summary>
    /// Indices that count from the end where negative, made non-negative; one outside [−length, length) becomes
    /// <paramref name="outside"/>, which no axis has, so that the gather fails instead of reading another example's row.
    /// </summary>
    public static Value Checked(BatchContext context, Value indices, Value length, Value start, Value outside)
    {
        GraphBuilder g = context.Builder;
        Value at = indices.DType == DType.I64 ? indices : g.Cast(indices, DType.I64);
        Value zero = g.Int(DType.I64, 0);
        Value fromFront = g.Where(g.Less(at, zero), g.Add(at, length), at);
        Value inside = g.And(g.GreaterOrEqual(fromFront, zero), g.Less(fromFront, length));
        return g.Where(inside, g.Add(fromFront, start), outside);
    }
}
