using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Convolution as ONNX's Conv: <c>x[N, C, s…], w[M, C / group, k…], bias[M] → [N, M, o…]</c> over one to three spatial axes, with
/// <c>o = ⌊(s + pads − dilation · (k − 1) − 1) / stride⌋ + 1</c>. The kernel is not flipped; padding is zero.
/// </summary>
[Op("conv")]
public sealed partial record Conv(Value X, Value W, Value? Bias) : Op
{
    /// <summary>One for each spatial axis; empty means 1 throughout.</summary>
    public EquatableArray<long> Strides { get; init; }

    /// <summary>Zeros before each spatial axis in order, then behind each; empty means none.</summary>
    public EquatableArray<long> Pads { get; init; }

    /// <summary>One for each spatial axis; empty means 1 throughout.</summary>
    public EquatableArray<long> Dilations { get; init; }

    public long Group { get; init; } = 1;

    /// <summary>The kernel's sizes, which w has anyway; empty, or equal to them.</summary>
    public EquatableArray<long> Kernel { get; init; }

    public override OpTraits Traits => OpTraits.Costly;

    public override Dim Macs => Outputs[0].Shape.NumElements * Dim.Product(W.Shape.Skip(1));

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(X, W);
        Shape result = ResultShape(context);
        if (!X.DType.IsFloat())
        {
            throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
        }

        if (Bias is not null)
        {
            context.RequireSameDType(X, Bias);
            context.RequireEqual(context.ShapeOf(Bias).NumElements, W.Shape[0], "sizes of bias and of w's first axis");
        }

        return [new TensorType(X.DType, result)];
    }

    /// <summary>The result's shape, whatever the element types.</summary>
    internal Shape ResultShape(InferContext context)
    {
        (Shape x, Shape w) = (context.ShapeOf(X), context.ShapeOf(W));
        int spatial = x.Rank - 2;
        if (spatial < 1 || w.Rank != x.Rank || Group < 1 || !Lists(spatial))
        {
            throw context.Error("TSR0203", $"x must be [N, C, s…] and w [M, C / {Group}, k…] of the same rank, with a stride, a dilation and two pads for each spatial axis; they are {X.Type} and {W.Type}.");
        }

        context.RequireEqual(x[1], w[1] * Group, "channels of x and w");
        return [x[0], w[0], .. Enumerable.Range(0, spatial).Select(a => Size(context, x[a + 2], w[a + 2], a, spatial))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor w) = (context.Tensor(0), context.Tensor(1));
        double[]? bias = context.OptionalTensor(2)?.F;
        ConvWindow window = new(this, x.Dims, w.Dims);
        double[] result = new double[window.Result.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < result.Length; i++)
        {
            long[] at = AxisSizes.Coordinates(window.Result, i);
            result[i] = (bias?[at[1]] ?? 0) + window.Products(at).Sum(p => x.F[p.X] * w.F[p.W]);
        }

        return [RefTensor.Floats(x.DType, window.Result, result)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => ConvBatching.Batch(context, this);

    private bool Lists(int spatial) => Strides.Count is var s && (s == 0 || s == spatial)
        && (Dilations.Count == 0 || Dilations.Count == spatial) && (Pads.Count == 0 || Pads.Count == 2 * spatial)
        && (Kernel.Count == 0 || (Kernel.Count == spatial && W.Shape.Skip(2).Zip(Kernel).All(static p => p.First == p.Second)))
        && Strides.All(static v => v > 0) && Dilations.All(static v => v > 0);

    private Dim Size(InferContext context, Dim size, Dim kernel, int axis, int spatial)
    {
        long pads = Pads.Count == 0 ? 0 : Pads[axis] + Pads[spatial + axis];
        long dilation = Dilations.Count == 0 ? 1 : Dilations[axis];
        long stride = Strides.Count == 0 ? 1 : Strides[axis];
        Dim span = (dilation * (kernel - 1)) + 1;
        if (context.Facts.GreaterEqual(size + pads, span) == Proof.Disproved)
        {
            throw context.Error("TSR0203", $"the kernel spans {span} along spatial axis {axis}, where x with its pads has {size + pads}; x is {X.Type}, w is {W.Type}.");
        }

        return context.Facts.Simplify(Dim.FloorDiv(size + pads - span, stride) + 1);
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "Conv",
        1,
        OnnxAttr.Of("strides"),
        OnnxAttr.Of("pads"),
        OnnxAttr.Of("dilations"),
        OnnxAttr.Of("group"),
        new OnnxAttr.Direct("kernel_shape", "kernel"),
        new OnnxAttr.Fixed("auto_pad", "NOTSET", IsDefault: true)).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("patches", static g => [g.Conv(g.In("x", "f32[1, 3, 8, 4]"), g.In("w", "f32[5, 3, 4, 4]"), g.In("b", "f32[5]"), strides: [4, 4])]),
        new("1d", static g => [g.Conv(g.In("x", "f32[2, 4, n + 2]"), g.In("w", "f32[3, 4, 3]"), pads: [1, 1])]) { Sizes = ShapingSamples.Sizes },
        new("2d", static g => [g.Conv(g.In("x", "f32[n, 2, 5, 6]"), g.In("w", "f32[4, 2, 3, 2]"), g.In("b", "f32[4]"), [2, 1], [1, 0, 2, 1], [1, 2])])
        {
            Sizes = ShapingSamples.NotEmpty,
        },
        new("depthwise", static g => [g.Conv(g.In("x", "f32[1, 4, n]"), g.In("w", "f32[8, 1, 1]"), group: 4)]) { Sizes = ShapingSamples.NotEmpty },
        new("3d", static g => [g.Conv(g.In("x", "f32[1, 2, 3, 4, 3]"), g.In("w", "f32[2, 2, 2, 3, 2]"), kernel: [2, 3, 2])]),
        new("f16", static g => [g.Conv(g.In("x", "f16[1, 2, 4, 4]"), g.In("w", "f16[3, 2, 2, 2]"), strides: [2, 2])]),
    ];
}
