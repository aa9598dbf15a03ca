using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// The batched forms of <see cref="ConvTranspose"/>. The batch is folded into N; along a ragged spatial axis examples lie so far apart,
/// zeros between them, that what one spreads meets nothing of the next.
/// </summary>
internal static class ConvTransposeBatching
{
    public static IReadOnlyList<Batched> Batch(BatchContext context, ConvTranspose op)
    {
        int[] axes = [0, Folding.Shared, Folding.Shared];
        Folding.RequireShared(context, axes);
        Batched x = context.Operands[0]!;
        if (x.Axis <= 1)
        {
            return Folding.Batch(context, axes);
        }

        if (op.OutputShape.Count > 0)
        {
            throw context.Mixes($"its result has one size along the ragged axis {x.Axis}");
        }

        if (x.Form == BatchForm.Padded)
        {
            Batched filled = new(context.Environment.Fill(x, 0), BatchForm.Dense);
            return Folding.Batch(new BatchContext(op, [filled, .. context.Operands.Skip(1)], context.Environment), axes);
        }

        return [AlongTokens(context, op, x)];
    }

    private static Batched AlongTokens(BatchContext context, ConvTranspose op, Batched x)
    {
        int spatial = context.ShapeOf(0).Rank - 2;
        int a = x.Axis - 2;
        long[] spans = [.. Enumerable.Range(0, spatial).Select(k => Span(context, op, k))];
        (long[] before, long[] behind) = Pads(op, spans);
        long stride = PoolAxis.At(op.Strides, a, 1);
        long more = PoolAxis.At(op.OutputPadding, a, 0);
        long gap = (Math.Max(0, spans[a] + more - stride) + stride - 1) / stride;
        Dim slot = x.Partition! + gap;
        Value apart = RaggedPad.Take(context, x, 0, slot, PadMode.Constant, context.Builder.Float(op.X.DType, 0));

        // At least as many results as slots have strides: what the last spreads beyond is not taken, what it lacks is added.
        long cut = before[a];
        (before[a], behind[a]) = (0, 0);
        Value all = context.Emit(op with
        {
            X = Folding.Placed(context, x with { Value = apart }),
            W = context.Operands[1]!.Value,
            Bias = context.Operands[2]?.Value,
            AutoPad = "NOTSET",
            Pads = [.. before, .. behind],
            OutputPadding = [.. Enumerable.Range(0, spatial).Select(k => k == a ? Math.Max(0, stride - spans[a]) : PoolAxis.At(op.OutputPadding, k, 0))],
        });
        Dim count = context.ResultShape()[x.Axis];
        long least = (count - (x.Partition! * stride)).ConstValue is { } offset && offset < 0 ? (-offset + stride - 1) / stride : 0;
        Value rows = RaggedWindows.Rows(context, Folding.TokensFirst(context, all, x.Axis), slot * stride, cut, count, x.Partition!, least);
        return context.Wrap(rows, context.ResultShape());
    }

    private static long Span(BatchContext context, ConvTranspose op, int axis) => context.ShapeOf(1)[axis + 2].ConstValue is { } size
        ? (PoolAxis.At(op.Dilations, axis, 1) * (size - 1)) + 1
        : throw context.Mixes($"its kernel {context.ShapeOf(1)} has no fixed sizes");

    // To keep the size, what a window spreads beyond its stride is cut off, whatever the length.
    private static (long[] Before, long[] Behind) Pads(ConvTranspose op, long[] spans)
    {
        long[] total = [.. spans.Select((s, a) => Math.Max(0, s + PoolAxis.At(op.OutputPadding, a, 0) - PoolAxis.At(op.Strides, a, 1)))];
        return op.AutoPad switch
        {
            "SAME_UPPER" => ([.. total.Select(static t => t / 2)], [.. total.Select(static t => t - (t / 2))]),
            "SAME_LOWER" => ([.. total.Select(static t => t - (t / 2))], [.. total.Select(static t => t / 2)]),
            "VALID" => (new long[spans.Length], new long[spans.Length]),
            _ => ([.. spans.Select((_, a) => PoolAxis.At(op.Pads, a, 0))], [.. spans.Select((_, a) => PoolAxis.At(op.Pads, spans.Length + a, 0))]),
        };
    }
}
