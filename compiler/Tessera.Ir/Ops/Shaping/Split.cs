using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A tensor cut along an axis into parts of the given sizes, which add up to the axis.</summary>
[Op("split")]
public sealed partial record Split(Value X) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public required long Axis { get; init; }

    public required EquatableArray<Dim> Sizes { get; init; }

    public override int OutputCount => Sizes.Count;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        int axis = context.Axis(Axis, x.Rank);
        context.RequireEqual(Dim.Sum(Sizes), x[axis], "the sum of the parts and the axis");
        return [.. Sizes.Select(s => new TensorType(X.DType, x.With(axis, s)))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int axis = (int)(Axis < 0 ? Axis + x.Rank : Axis);
        long inner = AxisSizes.After(x.Dims, axis);
        List<RefValue> parts = [];
        long start = 0;
        foreach (Dim dim in Sizes)
        {
            long size = context.Size(dim);
            long from = start;
            parts.Add(RefTensor.Gather(x, [.. x.Dims.Take(axis), size, .. x.Dims.Skip(axis + 1)], i =>
                (int)((((i / inner / size * x.Dims[axis]) + from + (i / inner % size)) * inner) + (i % inner))));
            start += size;
        }

        return parts;
    }

    public override IReadOnlyList<Dim>? DimContent(int output)
    {
        if (X.Rank != 1 || X.Sizes is not { } content || Sizes.Any(static s => s.ConstValue is null))
        {
            return null;
        }

        int start = (int)Sizes.Take(output).Sum(static s => s.ConstValue!.Value);
        return [.. content.Skip(start).Take((int)Sizes[output].ConstValue!.Value)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int axis = (int)(Axis < 0 ? Axis + context.ShapeOf(0).Rank : Axis);
        if (axis == x.Axis)
        {
            return [.. Sizes.Select((s, i) => RaggedSlice.Take(context, x, Dim.Sum(Sizes.Take(i)), s, 1, context.ResultShape(i)))];
        }

        IReadOnlyList<Value> parts = context.EmitAll(this with { X = x.Value, Axis = Layout.Axis(x, axis) });
        return [.. parts.Select((v, i) => context.Wrap(v, context.ResultShape(i)))];
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Split", 2) { Until = 13, Attributes = [new OnnxAttr.Direct("axis", "axis", 0L), new OnnxAttr.Direct("split", "sizes")] },
        new OnnxRow("Split", 13)
        {
            Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Dims("sizes")],
            Attributes = [new OnnxAttr.Direct("axis", "axis", 0L)],
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("columns", static g => g.Split(g.In("x", "f32[n, 6]"), -1, [2, 2, 2])) { Sizes = ShapingSamples.Sizes },
        new("uneven", static g => g.Split(g.In("x", "f16[2, 5, n]"), 1, [1, 0, 4])) { Sizes = ShapingSamples.Sizes },
        new("halves", static g => g.Split(g.In("x", "i64[n, 2]"), 0, [Dim.FloorDiv(Dim.Sym("n"), 2), Dim.Sym("n") - Dim.FloorDiv(Dim.Sym("n"), 2)]))
        {
            Sizes = ShapingSamples.Sizes,
        },
        new("one", static g => g.Split(g.In("x", "bool[n]"), 0, [Dim.Sym("n")])) { Sizes = ShapingSamples.Sizes },
    ];
}
