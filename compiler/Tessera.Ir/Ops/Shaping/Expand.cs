using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x broadcast with a shape, both ways: an axis of size 1 in either takes the other's size.</summary>
[Op("expand")]
public sealed partial record Expand(Value X) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public required Shape Shape { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        [new TensorType(X.DType, context.Broadcast(context.ShapeOf(X), Shape))];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long[] dims = context.Sizes(((TensorType)context.Types[0]).Shape!);
        int[] map = Broadcasting.Map(x, dims);
        return [RefTensor.Gather(x, dims, i => map[i])];
    }

    public override IReadOnlyList<Dim>? DimContent(int output) =>
        X.Sizes is [var only] && Outputs[0].Shape is { Rank: <= 1 } shape
            && shape.NumElements.ConstValue is { } count && count <= Value.MostSizes
            ? [.. Enumerable.Repeat(only, (int)count)]
            : null;

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Shape result = context.ResultShape();
        BatchEnvironment environment = context.Environment;
        Value aligned = Alignment.Align(context, context.Operands[0]!, context.ShapeOf(0), result);
        Batched form = context.Wrap(aligned, result);
        Shape physical = form.Form == BatchForm.Ragged
            ? [environment.Total(form.Partition!), .. result.Where((_, a) => a != form.Axis)]
            : [environment.BatchSize, .. result];
        return [form with { Value = context.Emit(new Expand(aligned) { Shape = physical }) }];
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Expand", 8) { Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Dims("shape")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("rows", "f32[1, 3]", [Dim.Sym("n"), 3]),
        Sample("raised", "f32[n, 1]", [2, Dim.Sym("n"), 4]),
        Sample("both ways", "f32[n, 3]", [2, 1, 1]),
        Sample("scalar", "i64[]", [2, 3]),
        Sample("to nothing", "f16[n, 1]", [Dim.Sym("n"), 0]),
        Sample("bool", "bool[1]", [Dim.Sym("n")]),
    ];

    private static OpSample Sample(string name, string x, Shape shape) => new(name, g =>
    {
        // Where x does not carry n, an input beside it does.
        Value value = g.In("x", x);
        return value.Shape.Symbols.Any() || !shape.Symbols.Any()
            ? [g.Expand(value, shape)]
            : [g.Expand(value, shape), g.In("sized", "f32[n]")];
    })
    { Sizes = ShapingSamples.Sizes };
}
