using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Folds the elements along some axes into one; without axes, along all of them.</summary>
public abstract record ReduceOp(Value X) : Op
{
    /// <summary>Axes that are folded, negative ones counted from the end; empty for all.</summary>
    public EquatableArray<long> Axes { get; init; }

    /// <summary>Folded axes stay, of size 1.</summary>
    public bool KeepDims { get; init; }

    /// <summary>How it works along a ragged axis by the folds of segments; null where they do not make it up.</summary>
    internal virtual RaggedReduction? Ragged => null;

    /// <summary>The element that changes no result, where <see cref="Ragged"/> is null.</summary>
    internal virtual double Identity => throw new InvalidOperationException($"{Schema.Name} states none.");

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (!Accepts(X.DType))
        {
            throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
        }

        Shape x = context.ShapeOf(X);
        HashSet<int> folded = [.. context.Axes(Axes.Count == 0 ? AllAxes(x.Rank) : Axes, x.Rank)];
        return
        [
            new TensorType(X.DType, KeepDims
                ? [.. x.Select((d, a) => folded.Contains(a) ? Dim.One : d)]
                : [.. x.Where((_, a) => !folded.Contains(a))]),
        ];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int[] folded = FoldedAxes(x.Rank);
        IEnumerable<int[]> slices = Slices.Over(x.Dims, folded.Select(static a => (long)a));
        long[] dims = KeepDims
            ? [.. x.Dims.Select((d, a) => folded.Contains(a) ? 1 : d)]
            : [.. x.Dims.Where((_, a) => !folded.Contains(a))];
        return
        [
            x.DType == DType.Bool ? RefTensor.Bools(dims, [.. slices.Select(s => Fold([.. s.Select(i => x.B[i])]))])
                : x.DType.IsFloat() ? RefTensor.Floats(x.DType, dims, [.. slices.Select(s => Fold([.. s.Select(i => x.F[i])]))])
                : RefTensor.Ints(x.DType, dims, [.. slices.Select(s => Wrap.To(x.DType, Fold(x.DType, [.. s.Select(i => x.I[i])])))]),
        ];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [ReduceBatching.Batch(context, this)];

    /// <summary>Sorted non-negative axes that are folded in an operand of the given rank.</summary>
    internal int[] FoldedAxes(int rank) => [.. (Axes.Count == 0 ? AllAxes(rank) : Axes).Select(a => (int)(a < 0 ? a + rank : a)).Order()];

    /// <summary>Element types that the op takes: floats and wide integers, unless it says otherwise.</summary>
    protected virtual bool Accepts(DType dtype) => dtype.IsFloat() || dtype is DType.I32 or DType.I64 or DType.U32 or DType.U64;

    /// <summary>One result on floats; there may be none to fold.</summary>
    protected abstract double Fold(double[] values);

    /// <summary>One result on integers of a type, unsigned 64-bit ones by their bits; reached only by ops that accept them.</summary>
    protected virtual long Fold(DType dtype, long[] values) => throw new InvalidOperationException($"{Schema.Name} is not defined for integers.");

    /// <summary>One result on bools; reached only by ops that accept them.</summary>
    protected virtual bool Fold(bool[] values) => throw new InvalidOperationException($"{Schema.Name} is not defined for bools.");

    private static IEnumerable<long> AllAxes(int rank) => Enumerable.Range(0, rank).Select(static a => (long)a);
}
