using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Row b of x for every token of segment b: <c>x[B, …], cu_seqlens i32[B + 1] → [T, …]</c>, T = cu_seqlens[B].</summary>
[Op("segment_expand")]
public sealed partial record SegmentExpand(Value X, Value CuSeqlens) : Op
{
    /// <summary>T, where it is known by name.</summary>
    public Dim? Total { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        Shape cu = context.ShapeOf(CuSeqlens);
        if (x.Rank == 0 || cu.Rank != 1)
        {
            throw context.Error("TSR0203", $"x must have a leading segment axis and cu_seqlens rank 1; they are {X.Type} and {CuSeqlens.Type}.");
        }

        context.RequireEqual(x[0] + 1, cu[0], "segments + 1 and offsets");
        return [new TensorType(X.DType, [Total ?? context.Fresh(0, 0), .. x.Skip(1)])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long[] cu = Segments.Check(context, context.Tensor(1), null);
        int row = (int)(x.Count / Math.Max(1, x.Dims[0]));
        int[] owner = Segments.Owners(cu);
        return [RefTensor.Gather(x, [owner.Length, .. x.Dims.Skip(1)], i => (owner[i / row] * row) + (i % row))];
    }

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => [g.SegmentExpand(g.In("x", "f32[b, 3]"), g.In("cu", "i32[b + 1]"))])
        {
            Sizes = [new Dictionary<string, long> { ["b"] = 3 }],
            Fixed = new Dictionary<string, RefTensor> { ["cu"] = RefTensor.Ints(DType.I32, [4], [0, 2, 2, 5]) },
        },
    ];
}
