using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Slices of data by their first coordinates: <c>data[b…, d…], indices i64[b…, …, k] → [b…, …, the axes of data after b and k]</c>,
/// where b are <see cref="BatchDims"/> axes that both have. Negative coordinates count from the end.
/// </summary>
[Op("gather_nd")]
public sealed partial record GatherND(Value Data, Value Indices) : Op
{
    public long BatchDims { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Shape data, Shape indices) = (context.ShapeOf(Data), context.ShapeOf(Indices));
        int shared = (int)BatchDims;
        if (indices.Rank <= shared || data.Rank < shared || shared < 0 || Indices.DType != DType.I64
            || indices[indices.Rank - 1].ConstValue is not { } depth || depth < 1 || shared + depth > data.Rank)
        {
            throw context.Error("TSR0203", $"indices must be i64[…, k] with {shared} + k at most the rank of data; they are {Indices.Type}, data is {Data.Type}.");
        }

        for (int a = 0; a < shared; a++)
        {
            context.RequireEqual(data[a], indices[a], $"sizes of axis {a}");
        }

        return [new TensorType(Data.DType, [.. indices.SkipLast(1), .. data.Skip(shared + (int)depth)])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor data, RefTensor indices) = (context.Tensor(0), context.Tensor(1));
        int shared = (int)BatchDims;
        int depth = (int)indices.Dims[^1];
        long[] strides = data.Strides();
        long slice = data.Dims.Skip(shared + depth).Aggregate(1L, static (a, b) => a * b);
        long batch = data.Dims.Skip(shared).Aggregate(1L, static (a, b) => a * b);
        long rowsInBatch = indices.Dims.SkipLast(1).Skip(shared).Aggregate(1L, static (a, b) => a * b);
        return [RefTensor.Gather(data, [.. indices.Dims.SkipLast(1), .. data.Dims.Skip(shared + depth)], i =>
        {
            long row = i / slice;
            long offset = row / rowsInBatch * batch;
            for (int k = 0; k < depth; k++)
            {
                offset += IndexChecks.Normal(context, indices.I[(row * depth) + k], data.Dims[shared + k]) * strides[shared + k];
            }

            return (int)(offset + (i % slice));
        })];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        (Batched data, Batched indices) = (context.Operands[0]!, context.Operands[1]!);
        if (data.Form is BatchForm.Ragged or BatchForm.Padded || indices.Form == BatchForm.Ragged)
        {
            throw context.Mixes("it gathers along or beside a ragged axis");
        }

        Value at = indices.Form == BatchForm.Padded ? context.Environment.Fill(indices, 0) : Stacking.ToBatch(context, indices, context.ShapeOf(1));
        Value value = context.Emit(new GatherND(Stacking.ToBatch(context, data, context.ShapeOf(0)), at) { BatchDims = BatchDims + 1 });
        return [context.Wrap(value, context.ResultShape())];
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("GatherND", 11) { Until = 12, When = static op => ((GatherND)op).BatchDims == 0 },
        new OnnxRow("GatherND", 12) { Attributes = [OnnxAttr.Of("batch_dims")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("elements", static g => [g.GatherND(g.In("x", "f32[3, 3]"), g.In("i", "i64[n, 2]"))]) { Sizes = ShapingSamples.Sizes, IntRange = (-3, 3) },
        new("rows", static g => [g.GatherND(g.In("x", "f16[3, n]"), g.In("i", "i64[2, 2, 1]"))]) { Sizes = ShapingSamples.Sizes },
        new("batched", static g => [g.GatherND(g.In("x", "i64[n, 3, 2]"), g.In("i", "i64[n, 4, 1]"), batchDims: 1)]) { Sizes = ShapingSamples.Sizes },
    ];
}
