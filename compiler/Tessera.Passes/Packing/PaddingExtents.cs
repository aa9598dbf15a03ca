using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Packing;

/// <summary>Padded lengths used as numbers: as sizes and as ends of ranges they are the example's own in its place, as numbers they are not.</summary>
internal static class PaddingExtents
{
    /// <summary>Null where no padded length is used as a number.</summary>
    public static IReadOnlyList<PaddingState>? Of(PaddingContext context)
    {
        Op op = context.Op;
        bool extents = context.Operands.Any(static o => o is { IsExtent: true });
        if (!extents && op is not (DimValue or ShapeOf or SizeOf))
        {
            return null;
        }

        if (op is Ir.Ops.Range { Start.Sizes: [{ ConstValue: { } start }], Delta.Sizes: [{ ConstValue: 1 }] })
        {
            return [context.Plain() with { Counts = (0, start), CountsOn = true, Least = start }];
        }

        if (op.Outputs.All(static o => o.Sizes is not null))
        {
            return [.. op.Outputs.Select((o, i) => context.Plain(i) with { IsExtent = o.Sizes!.Any(context.IsRagged) })];
        }

        if (op is Gather { Data: var data } gather && context[1].IsExtent && context.IsRagged(0, PaddingContext.Axis(gather.Axis, data.Rank)))
        {
            throw context.Sees("it takes the last place of the padded example, which is its own only where padding is on the left");
        }

        return op is UnaryOp or Reshape or Expand or ShapeOf or SizeOf
            ? [context.Plain() with { IsExtent = true }]
            : throw context.Sees("the padded length enters as a number");
    }
}
