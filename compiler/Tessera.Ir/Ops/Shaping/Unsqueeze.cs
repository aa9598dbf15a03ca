using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Axes of size 1 inserted; <see cref="Axes"/> are positions in the result, negative ones from its end.</summary>
[Op("unsqueeze")]
public sealed partial record Unsqueeze(Value X) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public required EquatableArray<long> Axes { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        Shape result = x;
        foreach (int axis in context.Axes(Axes, x.Rank + Axes.Count))
        {
            result = result.Insert(axis, Dim.One);
        }

        return [new TensorType(X.DType, result)];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        [context.Tensor(0).Reshaped(context.Sizes(((TensorType)context.Types[0]).Shape!))];

    public override IReadOnlyList<Dim>? DimContent(int output) => X.Sizes;

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Shape result = context.ResultShape();
        Batched form = context.Wrap(context.Operands[0]!.Value, result);
        long[] axes = [.. Axes.Select(a => (long)Layout.Axis(form, (int)(a < 0 ? a + result.Rank : a))).Order()];
        return [form with { Value = context.Emit(new Unsqueeze(form.Value) { Axes = axes.ToEquatableArray() }) }];
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Unsqueeze", 1) { Until = 13, Attributes = [OnnxAttr.Of("axes")] },
        new OnnxRow("Unsqueeze", 13) { Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Ints("axes")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("front", "f32[n, 3]", [0]),
        Sample("both ends", "f32[n, 3]", [0, -1]),
        Sample("scalar", "i64[]", [0]),
        Sample("middle", "f16[2, n]", [2, 1]),
        Sample("empty", "bool[0, n]", [1]),
    ];

    private static OpSample Sample(string name, string x, EquatableArray<long> axes) =>
        new(name, g => [g.Unsqueeze(g.In("x", x), axes)]) { Sizes = ShapingSamples.Sizes };
}
