using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>One element over and over, in a shape that a run computes, <c>i64[k]</c>.</summary>
[Op("dynamic_constant_of_shape")]
public sealed partial record DynamicConstantOfShape(Value Target) : DynamicOp
{
    /// <summary>The element, as a tensor of one.</summary>
    public TensorContent Value { get; init; } = TensorContent.From(DType.F32, [1], [0f]);

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Value.Count == 1
        ? [OfRank(context, Value.DType, Length(Target))]
        : throw context.Error("TSR0203", $"its value must have one element; it is {Value}.");

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content) =>
        content(0) is { } shape ? new ConstantOfShape { Shape = [.. shape], Value = Value } : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("ConstantOfShape", 9, OnnxAttr.Of("value"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("sevens", static g => [g.DynamicConstantOfShape(Runtime.Ints(g, 2, 3), TensorContent.Vector(7))]),
        new("scalar", static g => [g.DynamicConstantOfShape(Runtime.Ints(g), TensorContent.From(DType.Bool, [1], [true]))]),
        new("empty", static g => [g.DynamicConstantOfShape(Runtime.Ints(g, 2, 0), TensorContent.From(DType.F32, [1], [1.5f]))]),
    ];
}
