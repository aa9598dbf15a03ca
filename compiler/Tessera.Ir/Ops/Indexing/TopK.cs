using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The k largest (or smallest) elements along an axis and their indices, best first; of equal ones the lower index comes
/// first. Results: values, indices i64.
/// </summary>
[Op("top_k")]
public sealed partial record TopK(Value X) : Op
{
    public required Dim K { get; init; }

    public long Axis { get; init; } = -1;

    public bool Largest { get; init; } = true;

    /// <summary>Whether the order of the results is promised; here they are in order either way.</summary>
    public bool Sorted { get; init; } = true;

    public override int OutputCount => 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        int axis = context.Axis(Axis, x.Rank);
        if (context.Facts.GreaterEqual(x[axis], K) == Proof.Disproved)
        {
            throw context.Error("TSR0203", $"k = {K} is more than axis {axis} of {X.Type} has.");
        }

        Shape result = x.With(axis, K);
        return X.DType.IsFloat() || X.DType.IsInteger()
            ? [new TensorType(X.DType, result), new TensorType(DType.I64, result)]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int axis = (int)(Axis < 0 ? Axis + x.Rank : Axis);
        int k = (int)context.Size(K);
        if (k > x.Dims[axis])
        {
            throw context.Error($"k = {k} is more than the {x.Dims[axis]} elements there are.");
        }

        long[] dims = [.. x.Dims];
        dims[axis] = k;
        int[] from = new int[dims.Aggregate(1L, static (a, b) => a * b)];
        long[] indices = new long[from.Length];
        foreach ((int[] line, int[] target) in Slices.Along(x.Dims, axis).Zip(Slices.Along(dims, axis)))
        {
            int[] order = [.. Enumerable.Range(0, line.Length).Order(new ByValue(x, line, Largest)).Take(k)];
            for (int j = 0; j < k; j++)
            {
                (from[target[j]], indices[target[j]]) = (line[order[j]], order[j]);
            }
        }

        return [RefTensor.Gather(x, dims, i => from[i]), RefTensor.Ints(DType.I64, dims, indices)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int axis = (int)(Axis < 0 ? Axis + context.ShapeOf(0).Rank : Axis);
        if (context.Environment.IsRagged(K))
        {
            throw context.Mixes($"k = {K} differs by example");
        }

        if (axis == x.Axis && x.Form == BatchForm.Ragged)
        {
            return AmongTokens(context, x);
        }

        bool amongTokens = axis == x.Axis;
        Value padded = amongTokens ? context.Environment.Fill(x, Largest ? double.NegativeInfinity : double.PositiveInfinity) : x.Value;
        return
        [
            .. context.EmitAll(this with { X = padded, Axis = Layout.Axis(x, axis) })
                .Select(v => amongTokens ? RaggedIndex.RequireTokens(context, v, x.Partition!, K) : v)
                .Select((v, i) => amongTokens && i == 1 && X.DType.IsFloat() ? RaggedIndex.Within(context, v, x.Partition!) : v)
                .Select((v, i) => context.Wrap(v, context.ResultShape(i))),
        ];
    }

    // Examples in rows of one length, what fills them worse than any token or behind it.
    private IReadOnlyList<Batched> AmongTokens(BatchContext context, Batched x)
    {
        GraphBuilder g = context.Builder;
        SegmentGrid grid = new(g, context.Environment.CuSeqlens(x.Partition!));
        double worst = Largest ? double.NegativeInfinity : double.PositiveInfinity;
        Value rows = grid.Spread(x.Value, X.DType.IsFloat() ? g.Float(X.DType, worst) : g.Int(X.DType, IntegerRange.Clamp(X.DType, worst)));
        return
        [
            .. context.EmitAll(this with { X = rows, Axis = 1 })
                .Select(v => RaggedIndex.RequireTokens(context, v, x.Partition!, K))
                .Select((v, i) => i == 1 && X.DType.IsFloat() ? RaggedIndex.Within(context, v, x.Partition!) : v)
                .Select((v, i) => context.Wrap(
                    Stacking.Permuted(context, v, [0, .. Enumerable.Range(2, x.Axis), 1, .. Enumerable.Range(2 + x.Axis, v.Rank - 2 - x.Axis)]), context.ResultShape(i))),
        ];
    }

    internal static OnnxMapping Onnx { get; } = new OnnxMapping(
        new OnnxRow("TopK", 11)
        {
            Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Int("k", Vector: true)],
            Attributes = [OnnxAttr.Of("axis"), OnnxAttr.Of("largest"), OnnxAttr.Of("sorted")],
        }).TakesFrom(24, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => g.TopK(g.In("x", "f32[n, 5]"), 2)) { Sizes = ShapingSamples.Sizes },
        new("ties", static g => g.TopK(g.In("x", "i64[n, 6]"), 4)) { Sizes = ShapingSamples.Sizes },
        new("smallest", static g => g.TopK(g.In("x", "f32[4, n]"), 3, axis: 0, largest: false)) { Sizes = ShapingSamples.Sizes },
        new("none", static g => g.TopK(g.In("x", "f32[n, 5]"), 0)),
        new("all", static g => g.TopK(g.In("x", "f64[n, 3]"), 3)),
        new("f16", static g => g.TopK(g.In("x", "f16[n, 3]"), 1)),
    ];

    // Compared in the element's own kind: large integers are not told apart as doubles.
    private sealed class ByValue(RefTensor x, int[] line, bool largest) : IComparer<int>
    {
        public int Compare(int a, int b)
        {
            int order = x.DType.IsFloat() ? x.F[line[a]].CompareTo(x.F[line[b]])
                : x.DType == DType.U64 ? ((ulong)x.I[line[a]]).CompareTo((ulong)x.I[line[b]])
                : x.I[line[a]].CompareTo(x.I[line[b]]);
            return order == 0 ? a.CompareTo(b) : largest ? -order : order;
        }
    }
}
