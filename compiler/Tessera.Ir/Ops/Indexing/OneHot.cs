using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A new axis of size depth that holds <c>values[1]</c> at each index and <c>values[0]</c> elsewhere. Indices in [−depth, depth);
/// any other marks nothing.
/// </summary>
[Op("one_hot")]
public sealed partial record OneHot(Value Indices, Value Values) : Op
{
    public required Dim Depth { get; init; }

    public long Axis { get; init; } = -1;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape indices = context.ShapeOf(Indices);
        Shape values = context.ShapeOf(Values);
        return values.Rank == 1 && context.Allows(context.Facts.Equal(values[0], 2)) && (Indices.DType.IsInteger() || Indices.DType.IsFloat())
            ? [new TensorType(Values.DType, indices.Insert(context.Axis(Axis, indices.Rank + 1), Depth))]
            : throw context.Error("TSR0203", $"indices must be numbers and values [off, on]; they are {Indices.Type} and {Values.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor indices, RefTensor values) = (context.Tensor(0), context.Tensor(1));
        long depth = context.Size(Depth);
        int axis = (int)(Axis < 0 ? Axis + indices.Rank + 1 : Axis);
        long inner = AxisSizes.After(indices.Dims, axis - 1);
        return [RefTensor.Gather(values, [.. indices.Dims.Take(axis), depth, .. indices.Dims.Skip(axis)], i =>
        {
            int at = (int)((i / inner / depth * inner) + (i % inner));
            long index = indices.DType.IsFloat() ? (long)indices.F[at] : indices.I[at];
            return (index < 0 ? index + depth : index) == i / inner % depth ? 1 : 0;
        })];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        if (context.Operands[1]!.Form != BatchForm.Unbatched || context.Environment.IsRagged(Depth))
        {
            throw context.Mixes("its depth or values differ by example");
        }

        Shape result = context.ResultShape();
        Batched form = context.Wrap(context.Operands[0]!.Value, result);
        int axis = Layout.Axis(form, (int)(Axis < 0 ? Axis + result.Rank : Axis));
        return [form with { Value = context.Emit(this with { Indices = form.Value, Values = context.Operands[1]!.Value, Axis = axis }) }];
    }

    internal static OnnxMapping Onnx { get; } = new OnnxMapping(
        new OnnxRow("OneHot", 9)
        {
            Inputs = [new OnnxArgument.Operand("indices"), new OnnxArgument.Int("depth", Vector: true), new OnnxArgument.Operand("values")],
            Attributes = [OnnxAttr.Of("axis")],
        }).Lacks(DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => [g.OneHot(g.In("i", "i64[n]"), g.In("v", "f32[2]"), 3)]) { Sizes = ShapingSamples.Sizes, IntRange = (-4, 4) },
        new("first", static g => [g.OneHot(g.In("i", "i64[2, n]"), g.In("v", "i64[2]"), 4, axis: 0)]) { Sizes = ShapingSamples.Sizes },
        new("middle", static g => [g.OneHot(g.In("i", "i64[2, n]"), g.In("v", "f32[2]"), Dim.Sym("n") + 1, axis: 1)]) { Sizes = ShapingSamples.Sizes },
    ];
}
