using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>Sizes used as numbers: those of one example stay, how many examples there are is of use only to number them.</summary>
internal static class UnbatchSizes
{
    /// <summary>Null where no size is used as a number.</summary>
    public static IReadOnlyList<Carried>? Of(UnbatchContext context)
    {
        Op op = context.Op;
        bool counts = context.Operands.Any(static o => o is { Kind: CarriedKind.Count });
        if (!counts && op is not (DimValue or ShapeOf or SizeOf))
        {
            return null;
        }

        if (op.Outputs.All(static o => o.Sizes is not null))
        {
            return [.. op.Outputs.Select(o => o.Sizes!.Any(context.TellsOfBatch) ? Range(context) ?? Carried.Count : Carried.Shared(Numbers(context, o)))];
        }

        return Range(context) is { } numbers ? [numbers]
            : op is UnaryOp or Reshape or Expand or ShapeOf or SizeOf ? [Carried.Count]
            : throw context.Mixes("how many examples there are enters as a number");
    }

    // 0, 1, … for each example.
    private static Carried? Range(UnbatchContext context) => context.Op is Ir.Ops.Range { Start.Sizes: [var start], Delta.Sizes: [var step] } range
        && start == Dim.Zero && step == Dim.One && context.Inner(range.Outputs[0].Shape[0]) == Dim.One
        ? new Carried(context.Builder.Int(range.Start.DType, 0), CarriedKind.Number, 0, Dim.One)
        : null;

    private static Value Numbers(UnbatchContext context, Value sizes)
    {
        GraphBuilder g = context.Builder;
        Value[] each = [.. sizes.Sizes!.Select(d => d.ConstValue is { } known ? g.Int(DType.I64, known) : g.DimValue(d))];
        Value all = sizes.Rank == 0 ? each[0] : g.Reshape(g.Concat([.. each.Select(v => g.Reshape(v, [1]))], axis: 0), sizes.Shape);
        return sizes.DType == DType.I64 ? all : g.Cast(all, sizes.DType);
    }
}
