using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Slices of data along an axis, one for each index: <c>data[…, s, …], indices[i…] → […, i…, …]</c>. Negative indices count
/// from the end; an index outside the axis is an error.
/// </summary>
[Op("gather")]
public sealed partial record Gather(Value Data, Value Indices) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public long Axis { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Shape data, Shape indices) = (context.ShapeOf(Data), context.ShapeOf(Indices));
        int axis = context.Axis(Axis, data.Rank);
        return Indices.DType is DType.I64 or DType.I32
            ? [new TensorType(Data.DType, [.. data.Take(axis), .. indices, .. data.Skip(axis + 1)])]
            : throw context.Error("TSR0206", $"indices must be i32 or i64; they are {Indices.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor data, RefTensor indices) = (context.Tensor(0), context.Tensor(1));
        int axis = (int)(Axis < 0 ? Axis + data.Rank : Axis);
        long size = data.Dims[axis];
        long[] rows = [.. indices.I.Select(i => IndexChecks.Normal(context, i, size))];
        long inner = AxisSizes.After(data.Dims, axis);
        return [RefTensor.Gather(data, [.. data.Dims.Take(axis), .. indices.Dims, .. data.Dims.Skip(axis + 1)], i =>
        {
            long row = rows[i / inner % rows.Length];
            return (int)((((i / inner / rows.Length * size) + row) * inner) + (i % inner));
        })];
    }

    public override IReadOnlyList<Dim>? DimContent(int output)
    {
        if (Data.Rank != 1 || Data.Sizes is not { } data || Indices.Sizes is not { } indices)
        {
            return null;
        }

        long?[] at = [.. indices.Select(i => i.ConstValue is { } c ? c < 0 ? c + data.Count : c : (long?)null)];
        return at.All(i => i >= 0 && i < data.Count) ? [.. at.Select(i => data[(int)i!.Value])] : null;
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [GatherBatching.Batch(context, Axis)];

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Gather", 1, OnnxAttr.Of("axis"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => [g.Gather(g.In("x", "f32[3, 4]"), g.In("i", "i64[n]"))]) { Sizes = ShapingSamples.Sizes, IntRange = (-3, 3) },
        new("grid", static g => [g.Gather(g.In("x", "f32[2, 3, 2]"), g.In("i", "i32[2, n]"), axis: 1)]) { Sizes = ShapingSamples.Sizes },
        new("scalar", static g => [g.Gather(g.In("x", "f16[2, n]"), g.Int(DType.I64, -1), axis: 0)]) { Sizes = ShapingSamples.Sizes },
        new("last", static g => [g.Gather(g.In("x", "i64[n, 3]"), g.Ints(-1, 0, -3), axis: -1)]) { Sizes = ShapingSamples.Sizes },
        new("nothing", static g => [g.Gather(g.In("x", "bool[0, 2]"), g.In("i", "i64[0]"))]),
    ];
}
