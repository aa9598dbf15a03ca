using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Every <c>step</c>-th position from <c>start</c> to before <c>end</c> along some axes. Bounds may be symbolic
/// (<c>x[n − 1 : n]</c>); negative ones count from the end and both are clamped (see <see cref="SliceRange"/>).
/// The size of the result is symbolic as long as the signs of the bounds are known.
/// </summary>
[Op("slice")]
public sealed partial record Slice(Value X) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public required EquatableArray<Dim> Starts { get; init; }

    public required EquatableArray<Dim> Ends { get; init; }

    public required EquatableArray<long> Axes { get; init; }

    /// <summary>One for each axis, none 0; empty means 1 throughout.</summary>
    public EquatableArray<long> Steps { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        context.Axes(Axes, x.Rank);
        if (Starts.Count != Axes.Count || Ends.Count != Axes.Count || (Steps.Count != 0 && Steps.Count != Axes.Count) || Steps.Contains(0))
        {
            throw context.Error("TSR0208", $"starts {Starts}, ends {Ends} and steps {Steps} must name one bound for each of axes {Axes}, and no step may be 0.");
        }

        Shape result = x;
        for (int k = 0; k < Axes.Count; k++)
        {
            int axis = context.Axis(Axes[k], x.Rank);
            // A size is never negative, whatever its formula says: all of it is all of it.
            Dim size = Step(k) == 1 && Starts[k] == Dim.Zero && Ends[k].ConstValue == long.MaxValue ? x[axis] : SliceRange.Of(context.Facts, x[axis], Starts[k], Ends[k], Step(k))?.Count ?? context.Fresh(0, axis);
            result = result.With(axis, size);
        }

        return [new TensorType(X.DType, result)];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        (long Start, long Count, long Step)[] ranges = [.. x.Dims.Select(static d => (0L, d, 1L))];
        for (int k = 0; k < Axes.Count; k++)
        {
            int axis = (int)(Axes[k] < 0 ? Axes[k] + x.Rank : Axes[k]);
            (long start, long count) = SliceRange.Of(x.Dims[axis], context.Size(Starts[k]), context.Size(Ends[k]), Step(k));
            ranges[axis] = (start, count, Step(k));
        }

        long[] dims = [.. ranges.Select(static r => r.Count)];
        long[] strides = x.Strides();
        return [RefTensor.Gather(x, dims, i =>
            (int)AxisSizes.Coordinates(dims, i).Select((at, a) => (ranges[a].Start + (at * ranges[a].Step)) * strides[a]).Sum())];
    }

    public override IReadOnlyList<Dim>? DimContent(int output)
    {
        if (X.Sizes is not { } content || X.Rank != 1
            || (Axes.Count > 0 && (Starts[0].ConstValue is null || Ends[0].ConstValue is null)))
        {
            return null;
        }

        if (Axes.Count == 0)
        {
            return content;
        }

        (long start, long count) = SliceRange.Of(content.Count, Starts[0].ConstValue!.Value, Ends[0].ConstValue!.Value, Step(0));
        return [.. Enumerable.Range(0, (int)count).Select(i => content[(int)(start + (i * Step(0)))])];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [SliceBatching.Batch(context, this)];

    /// <summary>The step of the k-th sliced axis.</summary>
    internal long Step(int k) => Steps.Count == 0 ? 1 : Steps[k];

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Slice", 10)
        {
            Inputs =
            [
                new OnnxArgument.Operand("x"), new OnnxArgument.Dims("starts"), new OnnxArgument.Dims("ends"),
                new OnnxArgument.Ints("axes"), new OnnxArgument.Ints("steps", OmitEmpty: true),
            ],
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("head", "f32[n, 3]", [0], [2], [0]),
        Sample("tail", "f32[n, 3]", [-2], [long.MaxValue], [0]),
        Sample("symbolic", "f32[n, 3]", [Dim.FloorDiv(Dim.Sym("n"), 2)], [Dim.Sym("n")], [0]),
        Sample("negative symbolic", "f32[n, 3]", [-1 - Dim.Sym("n")], [-1], [0]),
        Sample("backwards", "i64[n, 4]", [-1, -1], [long.MinValue, 0], [0, 1], [-1, -2]),
        Sample("clamped", "f32[n, 3]", [-100, 1], [100, -5], [0, -1]),
        Sample("strided", "f16[2, n]", [1], [int.MaxValue], [-1], [2]),
        Sample("empty", "bool[0, n]", [0], [0], [1]),
        Sample("start clamped going down", "i32[5]", [-9], [-10], [0], [-1]),
    ];

    private static OpSample Sample(
        string name, string x, EquatableArray<Dim> starts, EquatableArray<Dim> ends, EquatableArray<long> axes, EquatableArray<long> steps = default) =>
        new(name, g => [g.Slice(g.In("x", x), starts, ends, axes, steps)]) { Sizes = ShapingSamples.Sizes };
}
