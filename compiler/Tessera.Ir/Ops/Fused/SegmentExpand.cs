using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Row b of x for every token of segment b: <c>x[B, …], cu_seqlens i32[B + 1], count i64[] → [T, …]</c>, T = cu_seqlens[B] = count. The
/// number stands beside the offsets, since a device's host knows sizes and cannot look at what offsets hold.
/// </summary>
[Op("segment_expand")]
public sealed partial record SegmentExpand(Value X, Value CuSeqlens, Value Count) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        Shape cu = Segments.Offsets(context, CuSeqlens);
        if (x.Rank == 0)
        {
            throw context.Error("TSR0203", $"x must have a leading segment axis; it is {X.Type}.");
        }

        if (Count.DType != DType.I64 || context.ShapeOf(Count).Rank != 0)
        {
            throw context.Error("TSR0203", $"count must be an i64[]; it is {Count.Type}.");
        }

        context.RequireEqual(x[0] + 1, cu[0], "segments + 1 and offsets");
        return [new TensorType(X.DType, [context.SizeOf(Count, 0, 0), .. x.Skip(1)])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long[] cu = Segments.Check(context, context.Tensor(1), context.Tensor(2).I[0]);
        int row = (int)(x.Count / Math.Max(1, x.Dims[0]));
        int[] owner = Segments.Owners(cu);
        return [RefTensor.Gather(x, [owner.Length, .. x.Dims.Skip(1)], i => (owner[i / row] * row) + (i % row))];
    }

    public override Dim? RowsCutBy(int operand) => operand == 1 ? Outputs[0].Shape[0] : null;

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => [SegmentBodies.Expand(builder, this)];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("it belongs to a packed batch already");

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("SegmentExpand", 1) { Domain = OnnxMapping.TesseraDomain });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("rows", "f32[b, 3]", [0, 2, 2, 5]),
        Sample("scalars", "i64[b]", [0, 1, 4]),
        Sample("none", "f32[b, 2]", [0]),
        Sample("all empty", "f16[b, 2]", [0, 0, 0]),
        Sample("bf16", "bf16[b, 2, 1]", [0, 3]),
        Sample("counted", "f32[b, 3]", [0, 2, 2, 5], counted: true),
    ];

    // The count as a size of an input, or as a number that a run finds.
    private static OpSample Sample(string name, string x, long[] cu, bool counted = false) =>
        new(name, g => counted
            ? [g.SegmentExpand(g.In("x", x), g.In("cu", "i32[b + 1]"), g.In("count", "i64[]"))]
            : [g.SegmentExpand(g.In("x", x), g.In("cu", "i32[b + 1]"), g.DimValue(Dim.Sym("t"))), g.In("sized", "f32[t]")])
        {
            Sizes = [new Dictionary<string, long> { ["b"] = cu.Length - 1, ["t"] = cu[^1] }],
            Fixed = new Dictionary<string, RefTensor> { ["cu"] = RefTensor.Ints(DType.I32, [cu.Length], cu), ["count"] = RefTensor.Scalar(cu[^1]) },
        };
}
