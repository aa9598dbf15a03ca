using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>The position of an extreme element along one axis, i64; of equal ones the first, or the last where <see cref="SelectLastIndex"/> is set.</summary>
public abstract record ArgOp(Value X) : Op
{
    public long Axis { get; init; }

    public bool KeepDims { get; init; }

    public bool SelectLastIndex { get; init; }

    /// <summary>What padding must hold, so as never to be chosen before a token.</summary>
    private protected abstract double Worst(DType dtype);

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (!X.DType.IsFloat() && !X.DType.IsInteger())
        {
            throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
        }

        Shape x = context.ShapeOf(X);
        int axis = context.Axis(Axis, x.Rank);
        return [new TensorType(DType.I64, KeepDims ? x.With(axis, Dim.One) : x.RemoveAt(axis))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int axis = (int)(Axis < 0 ? Axis + x.Rank : Axis);
        long[] dims = [.. x.Dims[..axis], .. KeepDims ? (long[])[1] : [], .. x.Dims[(axis + 1)..]];
        return [RefTensor.Ints(DType.I64, dims, [.. Slices.Along(x.Dims, axis).Select(line => Best(context, x, line))])];
    }

    private long Best(EvalContext context, RefTensor x, int[] line)
    {
        int best = line.Length == 0 ? throw context.Error("nothing has no extreme element.") : 0;
        for (int i = 1; i < line.Length; i++)
        {
            int order = x.DType.IsFloat()
                ? x.F[line[i]].CompareTo(x.F[line[best]])
                : IntegerRange.Order(x.DType, x.I[line[i]]).CompareTo(IntegerRange.Order(x.DType, x.I[line[best]]));
            best = Beats(order) || (SelectLastIndex && order == 0) ? i : best;
        }

        return best;
    }

    /// <summary>Whether an element that compares so to the best so far takes its place.</summary>
    private protected abstract bool Beats(int order);

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int axis = (int)(Axis < 0 ? Axis + context.ShapeOf(0).Rank : Axis);
        Shape result = context.ResultShape();
        if (axis != x.Axis || x.Form is not (BatchForm.Ragged or BatchForm.Padded))
        {
            return [context.Wrap(context.Emit((ArgOp)WithOperands([x.Value]) with { Axis = Layout.Axis(x, axis) }), result)];
        }

        if (SelectLastIndex || X.DType == DType.U64)
        {
            throw context.Mixes("among elements equal to the padding along a ragged axis the last might be padding itself");
        }

        // Positions count from the start of the example, and padding comes after all of its elements: of equal ones the first is theirs.
        Value rows = x.Form == BatchForm.Padded ? context.Environment.Fill(x, Worst(X.DType)) : Spread(context, x);
        Value at = context.Emit((ArgOp)WithOperands([rows]) with { Axis = x.Form == BatchForm.Padded ? axis + 1 : 1, KeepDims = false });
        at = RaggedIndex.RequireTokens(context, at, x.Partition!, 1);
        at = X.DType.IsFloat() ? RaggedIndex.Within(context, at, x.Partition!) : at;
        Shape wanted = [context.Environment.BatchSize, .. result];
        return [context.Wrap(at.Shape.Equals(wanted) ? at : context.Emit(new Reshape(at) { Shape = wanted }), result)];
    }

    private Value Spread(BatchContext context, Batched x)
    {
        GraphBuilder g = context.Builder;
        Value fill = X.DType.IsFloat() ? g.Float(X.DType, Worst(X.DType)) : g.Int(X.DType, (long)Worst(X.DType));
        return new SegmentGrid(g, context.Environment.CuSeqlens(x.Partition!)).Spread(x.Value, fill);
    }
}
