using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>One element over and over, in a shape.</summary>
[Op("constant_of_shape")]
public sealed partial record ConstantOfShape : Op
{
    public required Shape Shape { get; init; }

    /// <summary>The element, as a tensor of one.</summary>
    public required TensorContent Value { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Value.Count == 1
        ? [new TensorType(Value.DType, Shape)]
        : throw context.Error("TSR0203", $"its value must have one element; it is {Value}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        [RefTensor.Gather(RefTensors.FromContent(Value), context.Sizes(Shape), static _ => 0)];

    public override IReadOnlyList<Dim>? DimContent(int output) =>
        Value.DType is DType.I64 or DType.I32 && Shape.Rank <= 1 && Shape.NumElements.ConstValue is <= Ir.Value.MostSizes and var count
            ? [.. Enumerable.Repeat(Dim.Const(RefTensors.FromContent(Value).I[0]), (int)count)]
            : null;

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        int axis = context.Environment.RaggedAxis(Shape, context);
        Shape physical = context.Mode == BatchMode.Packed
            ? [context.Environment.Total(Shape[axis]), .. Shape.Where((_, a) => a != axis)]
            : [context.Environment.BatchSize, .. Shape];
        return [context.Wrap(context.Emit(this with { Shape = physical }), Shape)];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value element = builder.Constant(RefTensors.ToContent(RefTensors.FromContent(Value).Reshaped([])));
        return [builder.Expand(element, Shape)];
    }

    internal static OnnxMapping Onnx { get; } = new(
        Row(9) with { When = static op => ((ConstantOfShape)op).Value.DType != DType.BF16 },
        Row(20));

    private static OnnxRow Row(int since) => new("ConstantOfShape", since)
    {
        Inputs = [new OnnxArgument.Dims("shape")],
        Attributes = [OnnxAttr.Of("value")],
    };

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("zeros", static g => [g.ConstantOfShape([2, 3], TensorContent.From(DType.F32, [1], [0f]))]),
        new("sized", static g => [g.ConstantOfShape([Dim.Sym("n"), 2], TensorContent.Vector(7)), g.In("x", "f32[n]")]) { Sizes = ShapingSamples.Sizes },
        new("scalar", static g => [g.ConstantOfShape([], TensorContent.From(DType.Bool, [1], [true]))]),
        new("bf16", static g => [g.ConstantOfShape([2], RefTensors.ToContent(RefTensor.Floats(DType.BF16, [1], [1.5])))]),
        new("f16", static g => [g.ConstantOfShape([0, 4], TensorContent.From(DType.F16, [1], [(Half)1.5f]))]),
    ];
}
