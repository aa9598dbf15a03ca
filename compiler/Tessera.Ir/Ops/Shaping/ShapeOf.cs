using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The sizes of x's axes from <see cref="Start"/> to before <see cref="End"/>, as <c>i64[k]</c>. Bounds count from the end where negative, and are clamped.</summary>
[Op("shape")]
public sealed partial record ShapeOf(Value X) : Op
{
    public long Start { get; init; }

    /// <summary>The rank when absent.</summary>
    public long? End { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (long _, long count) = Taken(context.ShapeOf(X).Rank);
        return [new TensorType(DType.I64, [count])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        (long start, long count) = Taken(x.Rank);
        return [RefTensor.Ints(DType.I64, [count], [.. x.Dims.Skip((int)start).Take((int)count)])];
    }

    public override IReadOnlyList<Dim>? DimContent(int output)
    {
        (long start, long count) = Taken(X.Rank);
        return [.. X.Shape.Skip((int)start).Take((int)count)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [DimBatching.Vector(context, DimContent(0)!)];

    private (long Start, long Count) Taken(int rank) => SliceRange.Of(rank, Start, End ?? rank, 1);

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Shape", 1) { Until = 15, When = static op => op is ShapeOf { Start: 0, End: null } },
        new OnnxRow("Shape", 15) { Attributes = [OnnxAttr.Of("start"), OnnxAttr.Of("end")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("all", static g => [g.ShapeOf(g.In("x", "f32[n, 3]"))]) { Sizes = ShapingSamples.Sizes },
        new("last", static g => [g.ShapeOf(g.In("x", "f16[n, 3, 0]"), start: -2)]),
        new("middle", static g => [g.ShapeOf(g.In("x", "bool[2, n, 3]"), start: 1, end: -1)]),
        new("none", static g => [g.ShapeOf(g.In("x", "i64[n]"), start: 1, end: 0)]),
        new("scalar", static g => [g.ShapeOf(g.In("x", "f32[]"))]),
    ];
}
