using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A new axis that marks each index; a run computes its size, one number of any type. Indices of float types are cut off at the
/// point. See <see cref="OneHot"/>.
/// </summary>
[Op("dynamic_one_hot")]
public sealed partial record DynamicOneHot(Value Indices, Value Depth, Value Values) : DynamicOp
{
    public long Axis { get; init; } = -1;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (Indices.Tensor.Shape is not { } shape)
        {
            return [new TensorType(Values.DType, null)];
        }

        int axis = context.Axis(Axis, shape.Rank + 1);
        return [new TensorType(Values.DType, shape.Insert(axis, context.Fresh(0, axis)))];
    }

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) =>
        content(1) is [var depth] ? new OneHot(Indices, Values) { Depth = depth, Axis = Axis } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("OneHot", 9, OnnxAttr.Of("axis")).Lacks(DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => [g.DynamicOneHot(g.In("i", "i64[n]"), Runtime.Ints(g, 3), g.In("v", "f32[2]"))]) { IntRange = (-4, 4) },
        new("first", static g => [g.DynamicOneHot(g.In("i", "i64[2, n]"), Runtime.Ints(g, 4), g.In("v", "i64[2]"), axis: 0)]),
    ];
}
