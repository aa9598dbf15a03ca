namespace Tessera.Ir.Batching;

/// <summary>Ops that treat each line along one axis of their first operand by itself, the other operands being the same for all examples.</summary>
public static class AxisWise
{
    /// <param name="context">The op being batched.</param>
    /// <param name="axis">Its one-example axis.</param>
    /// <param name="make">The op along a physical axis.</param>
    /// <exception cref="TesseraException">TSR0401: the axis is the ragged one, or another operand differs by example.</exception>
    public static Batched Batch(BatchContext context, long axis, Func<int, Op> make)
    {
        Folding.RequireShared(context, [0, .. Enumerable.Repeat(Folding.Shared, context.Operands.Count - 1)]);
        Batched x = context.Operands[0]!;
        int at = (int)(axis < 0 ? axis + context.ShapeOf(0).Rank : axis);
        return x.Axis == at
            ? throw context.Mixes($"it works along the ragged axis {at}")
            : context.Wrap(context.Emit(make(Layout.Axis(x, at))), context.ResultShape());
    }
}
