using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The slices of x along an axis that differ, sorted or in the order of their first occurrence. Results: the slices, the first position of
/// each, for each slice of x its position among them, and how often each occurs, all i64.
/// </summary>
[Op("unique")]
public sealed partial record Unique(Value X) : Op
{
    public required long Axis { get; init; }

    public bool Sorted { get; init; } = true;

    public override int OutputCount => 4;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        int axis = context.Axis(Axis, x.Rank);
        Dim count = context.Fresh(0, axis);
        return
        [
            new TensorType(X.DType, x.With(axis, count)), new TensorType(DType.I64, [count]), new TensorType(DType.I64, [x[axis]]), new TensorType(DType.I64, [count]),
        ];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int axis = (int)(Axis < 0 ? Axis + x.Rank : Axis);
        long inner = AxisSizes.After(x.Dims, axis);
        int size = (int)x.Dims[axis];
        int[][] slices = [.. Enumerable.Range(0, size).Select(s => (int[])[.. Enumerable.Range(0, x.Count).Where(i => i / inner % size == s)])];
        Comparer<int> order = Comparer<int>.Create((a, b) => slices[a].Zip(slices[b]).Select(p => Compare(x, p.First, p.Second)).FirstOrDefault(static c => c != 0));
        List<int> found = [];
        foreach (int slice in Enumerable.Range(0, size))
        {
            if (!found.Any(f => order.Compare(f, slice) == 0))
            {
                found.Add(slice);
            }
        }

        int[] first = Sorted ? [.. found.Order(order)] : [.. found];
        long[] inverse = [.. Enumerable.Range(0, size).Select(s => (long)Array.FindIndex(first, f => order.Compare(f, s) == 0))];
        long[] counts = [.. first.Select((_, k) => (long)inverse.Count(i => i == k))];
        return
        [
            RefTensor.Gather(x, [.. x.Dims.Take(axis), first.Length, .. x.Dims.Skip(axis + 1)], i =>
                (int)((((i / inner / first.Length * size) + first[i / inner % first.Length]) * inner) + (i % inner))),
            RefTensor.Ints(DType.I64, [first.Length], [.. first.Select(static f => (long)f)]),
            RefTensor.Ints(DType.I64, [size], inverse),
            RefTensor.Ints(DType.I64, [first.Length], counts),
        ];
    }

    private static int Compare(RefTensor x, int a, int b) => x.DType switch
    {
        DType.String => string.CompareOrdinal(x.S[a], x.S[b]),
        DType.Bool => x.B[a].CompareTo(x.B[b]),
        DType.U64 => ((ulong)x.I[a]).CompareTo((ulong)x.I[b]),
        var t when t.IsFloat() => x.F[a].CompareTo(x.F[b]),
        _ => x.I[a].CompareTo(x.I[b]),
    };

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("how many slices differ from each other differs by example");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Unique", 11, OnnxAttr.Of("axis"), OnnxAttr.Of("sorted")).Lacks(DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("numbers", static g => g.Unique(g.In("x", "i64[6]"), 0)),
        new("as they come", static g => g.Unique(g.In("x", "i64[6]"), 0, sorted: false)),
        new("columns", static g => g.Unique(g.In("x", "i64[2, 5]"), -1)) { IntRange = (0, 2) },
    ];
}
