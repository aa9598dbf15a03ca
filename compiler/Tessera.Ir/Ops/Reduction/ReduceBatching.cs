using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>Reductions under a batch axis: along dense axes the op itself, along the ragged axis a fold of segments.</summary>
internal static class ReduceBatching
{
    public static Batched Batch(BatchContext context, ReduceOp op)
    {
        Batched x = context.Operands[0]!;
        int[] folded = op.FoldedAxes(context.ShapeOf(0).Rank);
        if (x.Axis < 0 || !folded.Contains(x.Axis))
        {
            // Axes that move keep their order, and an axis list that is empty must not come to mean the batch axis too.
            EquatableArray<long> axes = folded.Select(a => (long)Layout.Axis(x, a)).ToEquatableArray();
            Value value = folded.Length == 0 ? Unfolded(context, op, x) : context.Emit(((ReduceOp)op.WithOperands([x.Value])) with { Axes = axes });
            return context.Wrap(value, context.ResultShape());
        }

        int[] dense = [.. folded.Where(a => a != x.Axis).Select(a => Layout.Axis(x, a))];
        Value result = op.Ragged is { } steps ? Stepwise(context, steps, x, dense) : Spread(context, op, x, dense);
        Shape wanted = [context.Environment.BatchSize, .. context.ResultShape()];
        return context.Wrap(result.Shape.Equals(wanted) ? result : context.Emit(new Reshape(result) { Shape = wanted }), context.ResultShape());
    }

    private static Value Stepwise(BatchContext context, RaggedReduction steps, Batched x, int[] dense)
    {
        Batched prepared = x with { Value = steps.Before(context.Builder, x.Value) };
        Value result = x.Form == BatchForm.Ragged ? Packed(context, steps, prepared, dense) : Padded(context, steps, prepared, dense);
        return steps.After(context.Builder, result);
    }

    // A fold that segments lack works on rows of one length, the places beyond each example filled with what changes nothing.
    private static Value Spread(BatchContext context, ReduceOp op, Batched x, int[] dense)
    {
        bool packed = x.Form == BatchForm.Ragged;
        DType dtype = x.Value.DType;
        Value fill = dtype.IsFloat() ? context.Builder.Float(dtype, op.Identity) : context.Builder.Int(dtype, (long)op.Identity);
        Value rows = packed
            ? new SegmentGrid(context.Builder, context.Environment.CuSeqlens(x.Partition!)).Spread(x.Value, fill)
            : context.Environment.Fill(x, op.Identity);
        long[] axes = packed ? [1, .. dense.Select(static a => a + 1L)] : [Layout.Axis(x, x.Axis), .. dense.Select(static a => (long)a)];
        return context.Emit(((ReduceOp)op.WithOperands([rows])) with { Axes = axes.ToEquatableArray(), KeepDims = false });
    }

    // A scalar of each example has no axes at all: an axis of size 1 stands in for those it folds.
    private static Value Unfolded(BatchContext context, ReduceOp op, Batched x)
    {
        Shape shape = x.Value.Shape;
        Value raised = context.Emit(new Reshape(x.Value) { Shape = shape.Add(Dim.One) });
        return context.Emit(((ReduceOp)op.WithOperands([raised])) with { Axes = [shape.Rank], KeepDims = false });
    }

    private static Value Packed(BatchContext context, RaggedReduction steps, Batched x, int[] dense)
    {
        Value rows = dense.Length == 0 ? x.Value : context.Emit(steps.Dense(x.Value, dense, keepDims: true));
        Value Segments(SegmentReduction kind) =>
            context.Emit(new SegmentReduce(rows, context.Environment.CuSeqlens(x.Partition!)) { Kind = kind });
        return steps.Kind != SegmentReduction.Mean ? Segments(steps.Kind)
            : rows.DType.IsFloat() ? NaNOfNothing(context, Segments(SegmentReduction.Mean), x.Partition!)
            : Divided(context, Segments(SegmentReduction.Sum), x.Partition!);
    }

    // A segment without tokens has mean 0 there, and NaN as an example alone.
    private static Value NaNOfNothing(BatchContext context, Value means, Dim partition)
    {
        if (context.Environment.ExampleFacts.GreaterEqual(partition, 1) == Proof.Proved)
        {
            return means;
        }

        GraphBuilder g = context.Builder;
        Value any = g.Greater(context.Environment.Lengths(partition), g.Int(DType.I64, 0));
        return g.Where(RaggedIndex.Column(context, any, means.Rank), means, g.Float(means.DType, double.NaN));
    }

    private static Value Padded(BatchContext context, RaggedReduction steps, Batched x, int[] dense)
    {
        int ragged = Layout.Axis(x, x.Axis);
        Value filled = context.Environment.Fill(x, Identity(steps, x.Value.DType));
        if (steps.Kind != SegmentReduction.Mean)
        {
            return context.Emit(steps.Dense(filled, [.. dense, ragged], keepDims: false));
        }

        // The mean over axes of fixed size first; then the sum over the ragged one, in f32 where the type is narrower, by its length.
        Value rows = dense.Length == 0 ? filled : context.Emit(steps.Dense(filled, dense, keepDims: true));
        Value sum = context.Emit(new ReduceSum(Widening.Up(context.Builder, rows)) { Axes = [ragged], KeepDims = true });
        return Widening.To(context.Builder, Divided(context, sum, x.Partition!), rows.DType);
    }

    // [batch, …] by the number of tokens in each example.
    private static Value Divided(BatchContext context, Value sum, Dim partition)
    {
        Shape column = [context.Environment.BatchSize, .. Enumerable.Repeat(Dim.One, sum.Rank - 1)];
        Value tokens = context.Environment.Lengths(partition);
        tokens = sum.DType.IsFloat() ? tokens : RaggedIndex.RequireTokens(context, tokens, partition, 1);
        Value lengths = context.Emit(new Reshape(tokens) { Shape = column });
        return context.Emit(new Div(sum, Widening.To(context.Builder, lengths, sum.DType)));
    }

    // Only the least integers occur, and those are doubles.
    private static double Identity(RaggedReduction steps, DType dtype) => steps.Kind != SegmentReduction.Max || dtype.IsFloat()
        ? steps.Identity
        : IntegerRange.Least(dtype);
}
