using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Data with slices replaced: <c>data[d0…], indices i64[…, k], updates[…, dk…] → data's shape</c>, where each row of indices
/// names the first k coordinates of a slice. Negative coordinates count from the end.
/// </summary>
[Op("scatter_nd")]
public sealed partial record ScatterND(Value Data, Value Indices, Value Updates) : Op
{
    public ScatterReduction Reduction { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(Data, Updates);
        (Shape data, Shape indices, Shape updates) = (context.ShapeOf(Data), context.ShapeOf(Indices), context.ShapeOf(Updates));
        if (indices.Rank == 0 || Indices.DType != DType.I64 || indices[indices.Rank - 1].ConstValue is not { } depth || depth < 0 || depth > data.Rank)
        {
            throw context.Error("TSR0203", $"indices must be i64[…, k] with k at most the rank of data; they are {Indices.Type}, data is {Data.Type}.");
        }

        Shape wanted = [.. indices.SkipLast(1), .. data.Skip((int)depth)];
        if (wanted.Rank != updates.Rank)
        {
            throw context.Error("TSR0203", $"updates must have the shape {wanted}; they are {Updates.Type}.");
        }

        for (int a = 0; a < wanted.Rank; a++)
        {
            context.RequireEqual(wanted[a], updates[a], $"sizes of axis {a} of updates");
        }

        return [Data.Type];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor data, RefTensor indices, RefTensor updates) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        int depth = (int)indices.Dims[^1];
        int slice = (int)data.Dims.Skip(depth).Aggregate(1L, static (a, b) => a * b);
        long[] strides = data.Strides();
        int rows = (int)indices.Dims.SkipLast(1).Aggregate(1L, static (a, b) => a * b);
        List<(int Target, int Update)> writes = [];
        for (int row = 0; row < rows; row++)
        {
            long start = 0;
            for (int k = 0; k < depth; k++)
            {
                start += IndexChecks.Normal(context, indices.I[(row * depth) + k], data.Dims[k]) * strides[k];
            }

            writes.AddRange(Enumerable.Range(0, slice).Select(j => ((int)start + j, (row * slice) + j)));
        }

        return [Scatter.Apply(data, updates, writes, Reduction)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [ScatterBatching.ByCoordinates(context, this)];

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("ScatterND", 11) { When = static op => ((ScatterND)op).Reduction == ScatterReduction.None },
        new OnnxRow("ScatterND", 16)
        {
            Attributes = [new OnnxAttr.Direct("reduction", "reduction")],
            When = static op => ((ScatterND)op).Reduction is ScatterReduction.None or ScatterReduction.Add or ScatterReduction.Mul,
        },
        new OnnxRow("ScatterND", 18) { Attributes = [new OnnxAttr.Direct("reduction", "reduction")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("rows", "f32[n, 3]", RefTensor.Ints(DType.I64, [2, 1], [0, -1]), "f32[2, 3]", ScatterReduction.None),
        Sample("elements", "f32[n, 3]", RefTensor.Ints(DType.I64, [2, 2], [0, 2, -1, 0]), "f32[2]", ScatterReduction.None),
        Sample("whole", "f32[n]", RefTensor.Ints(DType.I64, [1, 0], []), "f32[1, n]", ScatterReduction.None),
        Sample("none", "i64[n, 2]", RefTensor.Ints(DType.I64, [0, 1], []), "i64[0, 2]", ScatterReduction.None),
        Sample("add", "f32[n, 2]", RefTensor.Ints(DType.I64, [3, 1], [0, 0, 1]), "f32[3, 2]", ScatterReduction.Add),
        Sample("max", "f32[n]", RefTensor.Ints(DType.I64, [2, 1], [1, 1]), "f32[2]", ScatterReduction.Max),
    ];

    private static OpSample Sample(string name, string data, RefTensor indices, string updates, ScatterReduction reduction) =>
        new(name, g => [g.ScatterND(
            g.In("x", data), g.In("i", $"i64[{string.Join(", ", indices.Dims)}]"), g.In("u", updates), reduction: reduction)])
        {
            Sizes = ShapingSamples.Of(5, 2),
            Fixed = new Dictionary<string, RefTensor> { ["i"] = indices },
        };
}
