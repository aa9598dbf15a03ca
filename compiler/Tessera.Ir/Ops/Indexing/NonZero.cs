using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Coordinates of the elements that are not zero, in row-major order: <c>x[…] → i64[rank, count]</c>. NaN counts as not
/// zero. The count is known only when the graph runs.
/// </summary>
[Op("nonzero")]
public sealed partial record NonZero(Value X) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        return X.DType != DType.String
            ? [new TensorType(DType.I64, [x.Rank, context.Fresh(0, 1)])]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long[][] found = [.. Enumerable.Range(0, x.Count).Where(i => x.Number(i) != 0).Select(i => AxisSizes.Coordinates(x.Dims, i))];
        long[] columns = [.. Enumerable.Range(0, x.Rank).SelectMany(a => found.Select(at => at[a]))];
        return [RefTensor.Ints(DType.I64, [x.Rank, found.Length], columns)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) =>
        throw context.Mixes("how many elements it finds differs by example");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("NonZero", 9);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("vector", static g => [g.NonZero(g.In("x", "i64[n]"))]) { Sizes = ShapingSamples.Sizes, IntRange = (0, 2) },
        new("matrix", static g => [g.NonZero(g.In("x", "bool[n, 3]"))]) { Sizes = ShapingSamples.Sizes },
        new("floats", static g => [g.NonZero(g.In("x", "f32[2, n, 2]"))]),
    ];
}
