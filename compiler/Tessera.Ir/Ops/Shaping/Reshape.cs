using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The same elements, row-major, under another shape of the same number of elements.</summary>
[Op("reshape")]
public sealed partial record Reshape(Value X) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public required Shape Shape { get; init; }

    // Sizes that only a run can tell are checked by the run; of all others the count must be proved.
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Proof same = X.Tensor.Shape is { } x ? context.Facts.Equal(x.NumElements, Shape.NumElements) : Proof.Unknown;
        return context.Allows(same) || (same == Proof.Unknown && context.IsDataDependent(X))
            ? [new TensorType(X.DType, Shape)]
            : throw context.Error("TSR0207", $"{X.Type} has {context.ShapeOf(X).NumElements} elements, {Shape} has {Shape.NumElements}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        [context.Tensor(0).Reshaped(context.Sizes(Shape))];

    public override IReadOnlyList<Dim>? DimContent(int output) => X.Sizes;

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        BatchEnvironment environment = context.Environment;
        if (x.Form == BatchForm.Dense)
        {
            return [context.Wrap(context.Emit(new Reshape(x.Value) { Shape = [environment.BatchSize, .. Shape] }), Shape)];
        }

        int axis = RaggedAxisOfResult(context, x);
        Shape physical = x.Form == BatchForm.Padded
            ? [environment.BatchSize, .. Shape]
            : [environment.Total(Shape[axis]), .. Shape.Where((_, a) => a != axis)];
        return [context.Wrap(context.Emit(new Reshape(x.Value) { Shape = physical }), Shape)];
    }

    // Either the ragged axis leads, so that elements stay in order inside each example, or it is kept and so is all before it.
    private int RaggedAxisOfResult(BatchContext context, Batched x)
    {
        Shape from = context.ShapeOf(0);
        int axis = context.Environment.RaggedAxis(Shape, context);
        bool leads = axis >= 0 && Before(from, x.Axis).Equals(Dim.One) && Before(Shape, axis).Equals(Dim.One);
        bool kept = axis >= 0 && Shape[axis] == x.Partition && Before(from, x.Axis).Equals(Before(Shape, axis));
        return leads || kept ? axis : throw context.Mixes($"reshaping {from} to {Shape} moves elements across the ragged axis");
    }

    private static Dim Before(Shape shape, int axis) => Dim.Product(shape.Take(axis));

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Reshape", 5)
        {
            Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Dims("shape")],
            Attributes = [new OnnxAttr.Fixed("allowzero", 0L, IsDefault: true)],
        },
        new OnnxRow("Reshape", 14)
        {
            Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Dims("shape")],
            Attributes = [new OnnxAttr.Fixed("allowzero", 1L)],
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("split", static g => [g.Reshape(g.In("x", "f32[n, 6]"), [Dim.Sym("n"), 2, 3])]),
        new("merge", static g => [g.Reshape(g.In("x", "f32[2, n, 3]"), [Dim.Sym("n") * 2, 3])]),
        new("empty", static g => [g.Reshape(g.In("x", "i64[0, 4]"), [2, 0])]),
        new("scalar", static g => [g.Reshape(g.In("x", "f16[1, 1]"), [])]),
    ];
}
