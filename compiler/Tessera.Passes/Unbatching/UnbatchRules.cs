using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>What each op of a batched model is for one example; it fails with the reason where the op lets examples see each other.</summary>
internal static class UnbatchRules
{
    /// <summary>Null for an op of which nothing is known.</summary>
    public static IReadOnlyList<Carried>? Of(UnbatchContext c)
    {
        if (c.Op is not (Gather or GatherND) && Number(c) is { } numbers)
        {
            return numbers;
        }

        return c.Op switch
        {
            UnaryOp => [c.Operands[0]! with { Value = c.Emit(c.Op.WithOperands([c[0]])) }],
            BinaryOp or Where or PRelu => [UnbatchElementwise.Of(c)],
            Clip => Clipped(c),
            MatMul => [UnbatchMatMul.Of(c)],
            Reshape or Expand or ConstantOfShape or Tile or Transpose or Concat => [UnbatchShaping.Of(c)],
            Slice or Split or Pad or Trilu => UnbatchShaping.Cut(c),
            Gather or GatherND or GatherElements or OneHot or ScatterElements => [UnbatchIndexing.Of(c)],
            ReduceOp reduce => [UnbatchAxes.Reduce(c, reduce)],
            ArgOp arg => [UnbatchAxes.Along(c, arg.Axis, keeps: arg.KeepDims)],
            Softmax or LogSoftmax or Hardmax or LpNorm or CumSum or CumProd or TopK => UnbatchAxes.Along(c),
            LayerNorm or RmsNorm => UnbatchAxes.Norm(c, c.RankOf(0) - 1),
            StandardLayerNorm norm => UnbatchAxes.Norm(c, UnbatchContext.Axis(norm.Axis, c.RankOf(0))),
            StandardRmsNorm norm => UnbatchAxes.Norm(c, UnbatchContext.Axis(norm.Axis, c.RankOf(0))),
            DynamicQuantizeLinear => throw c.Mixes("it takes its scale from all examples together (dynamic quantisation)"),
            Dropout or Bernoulli or RandomOp => throw c.Mixes("its random numbers are drawn for all examples together"),
            RecurrentOp recurrent => UnbatchMembers.Recurrent(c, recurrent.Layout),
            PoolOp => UnbatchMembers.Pool(c),
            Conv or ConvTranspose or BatchNorm or InstanceNorm or GroupNorm or Lrn or Resize or DepthToSpace or SpaceToDepth
                or ConvInteger or QLinearConv => UnbatchMembers.Leading(c),
            QuantizeLinear or DequantizeLinear => UnbatchMembers.Quantized(c),
            _ => null,
        };
    }

    // The number of an example is moved about, and otherwise an index.
    private static IReadOnlyList<Carried>? Number(UnbatchContext c)
    {
        if (!c.Operands.Any(static o => o is { Kind: CarriedKind.Number or CarriedKind.Numbered }))
        {
            return null;
        }

        Carried moved = c.Op switch
        {
            Cast => c.Operands[0]! with { Value = c.Emit(c.Op.WithOperands([c[0]])) },
            Reshape or Expand or Transpose => UnbatchShaping.Of(c),
            Concat concat when c.Operands[0]!.Kind == CarriedKind.Number && c.Operands.Skip(1).All(static o => o!.Kind == CarriedKind.PerExample)
                && UnbatchContext.Axis(concat.Axis, c.RankOf(0)) == c.RankOf(0) - 1 && c.ShapeOf(0)[c.RankOf(0) - 1] == Dim.One => Columns(c, concat),
            _ => throw c.Mixes("the numbers of examples enter as data"),
        };
        return c.Op is Concat ? [moved] : c.Operands[0]!.Kind == CarriedKind.Number ? [moved with { Kind = CarriedKind.Number }]
            : throw c.Mixes("the numbers of examples are moved about with other indices");
    }

    private static Carried Columns(UnbatchContext c, Concat concat)
    {
        Carried whole = UnbatchShaping.Of(c);
        Value[] others = [.. Enumerable.Range(1, c.Operands.Count - 1).Select(i => c[i])];
        Value rest = others is [var only] ? only : c.Emit(concat with { Inputs = [.. others], Axis = -1 });
        return whole with { Kind = CarriedKind.Numbered, Rest = rest };
    }

    private static IReadOnlyList<Carried> Clipped(UnbatchContext c)
    {
        c.RequireShared(0);
        return [c.Operands[0]! with { Value = c.Emit(c.Op.WithOperands([.. c.Operands.Select(static o => o?.Value)])) }];
    }
}
