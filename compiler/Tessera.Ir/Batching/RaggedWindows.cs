using Tessera.Ir.Ops;

namespace Tessera.Ir.Batching;

/// <summary>
/// Windows that move along a ragged axis and stay inside each example. Every example gets a slot, its own padding in it, of a multiple
/// of the stride: then each window of an example begins at a multiple of the stride in the whole too, and those that reach into the
/// next slot are left out afterwards.
/// </summary>
internal static class RaggedWindows
{
    /// <summary>Number of strides in each slot.</summary>
    public static Dim Slots(Batched x, WindowAxis window) => Dim.CeilDiv(x.Partition! + window.Before + window.Behind, window.Stride);

    /// <summary>The examples in their slots, rows in the place that the op has them: <c>[…, slots · stride, …]</c>.</summary>
    /// <param name="context">The op being batched.</param>
    /// <param name="x">Its ragged operand.</param>
    /// <param name="window">The window.</param>
    /// <param name="fill">What stands around examples.</param>
    public static Value Spread(BatchContext context, Batched x, WindowAxis window, Value fill)
    {
        Dim length = Slots(x, window) * window.Stride;
        bool filled = window is { Before: 0, Behind: 0, Stride: 1 };
        Value rows = filled ? x.Value : RaggedPad.Take(context, x, window.Before, length, PadMode.Constant, fill);
        return Folding.Placed(context, x with { Value = rows });
    }

    /// <summary>Of the results of all windows, one for each stride of the slots, those of each example: <c>[tokens, …]</c>.</summary>
    public static Batched Collect(BatchContext context, Batched x, WindowAxis window, Value results, int output = 0)
    {
        Shape shape = context.ResultShape(output);
        Dim slots = Slots(x, window);
        Dim count = shape[x.Axis];
        Value tokens = Folding.TokensFirst(context, results, x.Axis);
        if (slots == count)
        {
            return context.Wrap(tokens, shape);
        }

        return context.Wrap(Rows(context, tokens, slots, 0, count, x.Partition!, Least(window)), shape);
    }

    /// <summary>So many rows of each example from a start on. The run fails where an example has too few tokens, as the op does on it alone.</summary>
    /// <param name="context">The op being batched.</param>
    /// <param name="tokens"><c>[tokens, …]</c>.</param>
    /// <param name="partition">Rows of each example.</param>
    /// <param name="start">The first that is taken.</param>
    /// <param name="count">How many are.</param>
    /// <param name="length">Tokens of the example itself.</param>
    /// <param name="least">How many it must have.</param>
    public static Value Rows(BatchContext context, Value tokens, Dim partition, long start, Dim count, Dim length, Dim least)
    {
        GraphBuilder g = context.Builder;
        Value starts = RaggedIndex.RequireTokens(context, RaggedIndex.Starts(context, partition), length, least);
        Value index = g.Add(RaggedIndex.PerToken(context, starts, count), g.Add(RaggedIndex.Positions(context, count), g.Int(DType.I64, start)));
        return g.Gather(tokens, index, axis: 0);
    }

    private static Dim Least(WindowAxis window) => window.Span - window.Stride - window.Before - window.Behind;
}
