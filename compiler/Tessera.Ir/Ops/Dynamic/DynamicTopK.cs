using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The k largest (or smallest) elements along an axis and their indices; a run computes k, <c>i64[1]</c>. See <see cref="TopK"/>.</summary>
[Op("dynamic_top_k")]
public sealed partial record DynamicTopK(Value X, Value K) : DynamicOp
{
    public long Axis { get; init; } = -1;

    public bool Largest { get; init; } = true;

    public bool Sorted { get; init; } = true;

    public override int OutputCount => 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape? result = X.Tensor.Shape is { } shape && context.Axis(Axis, shape.Rank) is var axis ? shape.With(axis, context.Fresh(0, axis)) : null;
        return [new TensorType(X.DType, result), new TensorType(DType.I64, result)];
    }

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) =>
        content(1) is [var k] ? new TopK(X) { K = k, Axis = Axis, Largest = Largest, Sorted = Sorted } : null;

    internal static OnnxMapping Onnx { get; } = new OnnxMapping(
        new OnnxRow("TopK", 10) { Until = 11, Attributes = [OnnxAttr.Of("axis")], When = static op => op is DynamicTopK { Largest: true, Sorted: true } },
        new OnnxRow("TopK", 11) { Attributes = [OnnxAttr.Of("axis"), OnnxAttr.Of("largest"), OnnxAttr.Of("sorted")] }).TakesFrom(24, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("two", static g => g.DynamicTopK(g.In("x", "f32[3, 5]"), Runtime.Ints(g, 2))),
        new("smallest", static g => g.DynamicTopK(g.In("x", "i64[4, 3]"), Runtime.Ints(g, 3), axis: 0, largest: false)),
    ];
}
