using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Sampling positions in [−1, 1] of images of size <c>i64[4]</c> (N, C, H, W) or <c>i64[5]</c> under matrices <c>theta[N, 2, 3]</c> or
/// <c>[N, 3, 4]</c>: <c>[N, H, W, 2]</c> or <c>[N, D, H, W, 3]</c>, x first. With aligned corners ±1 are the centres of the outermost pixels, else their edges.
/// </summary>
[Op("affine_grid")]
public sealed partial record AffineGrid(Value Theta, Value Size) : Op
{
    public bool AlignCorners { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape theta = context.ShapeOf(Theta);
        if (theta.Rank != 3 || theta[1].ConstValue is not { } axes || axes is not (2 or 3) || !Theta.DType.IsFloat())
        {
            throw context.Error("TSR0203", $"theta must be [N, 2, 3] or [N, 3, 4]; it is {Theta.Type}.");
        }

        IReadOnlyList<Dim>? size = Size.Sizes is { } known && known.Count == axes + 2 ? known : null;
        return [new TensorType(Theta.DType, [theta[0], .. Enumerable.Range(0, (int)axes).Select(a => size?[a + 2] ?? context.Fresh(0, a + 1)), axes])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor theta, long[] size) = (context.Tensor(0), context.Tensor(1).I);
        int axes = (int)theta.Dims[1];
        long[] dims = [theta.Dims[0], .. size.Skip(2), axes];
        double[] result = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < result.Length; i++)
        {
            long[] at = AxisSizes.Coordinates(dims, i);
            long row = ((at[0] * axes) + at[^1]) * (axes + 1);
            double sum = theta.F[row + axes];
            for (int a = 0; a < axes; a++)
            {
                sum += theta.F[row + a] * Position(at[axes - a], dims[axes - a]);
            }

            result[i] = sum;
        }

        return [RefTensor.Floats(theta.DType, dims, result)];
    }

    private double Position(long at, long size) => AlignCorners ? size == 1 ? -1 : -1 + (2.0 * at / (size - 1)) : -1 + (((2.0 * at) + 1) / size);

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, Folding.Shared], emit: operands =>
    {
        GraphBuilder g = context.Builder;
        Value members = g.Reshape(RaggedIndex.Number(context, operands[0]!.Shape[0]), [1]);
        Value size = g.Concat([members, g.Slice(operands[1]!, [1], [long.MaxValue], [0])], axis: 0);
        return [context.Emit(new AffineGrid(operands[0]!, size) { AlignCorners = AlignCorners })];
    });

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("AffineGrid", 20, OnnxAttr.Of("align_corners"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("2d", static g => [g.AffineGrid(g.In("t", "f32[2, 2, 3]"), g.Ints(2, 3, 4, 5))]),
        new("aligned 3d", static g => [g.AffineGrid(g.In("t", "f32[1, 3, 4]"), Runtime.Ints(g, 1, 3, 2, 3, 4), alignCorners: true)]),
    ];
}
