using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Local response normalisation across channels (Krizhevsky 2012, 3.3): <c>x / (bias + alpha / size · Σ x²)^beta</c>, the sum over
/// the ⌊(size − 1) / 2⌋ channels before and the ⌈(size − 1) / 2⌉ behind, as far as there are any.
/// </summary>
[Op("lrn")]
public sealed partial record Lrn(Value X) : Op
{
    public required long Size { get; init; }

    public Real Alpha { get; init; } = 1e-4;

    public Real Beta { get; init; } = 0.75;

    public Real Bias { get; init; } = 1;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        context.ShapeOf(X).Rank >= 2 && X.DType.IsFloat() && Size > 0
            ? [X.Type]
            : throw context.Error("TSR0203", $"x must be float [N, C, …] and size 1 or more; they are {X.Type} and {Size}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        double[] result = new double[x.Count];
        foreach (int[] line in Slices.Along(x.Dims, 1))
        {
            for (int c = 0; c < line.Length; c++)
            {
                long from = Math.Max(0, c - ((Size - 1) / 2));
                long to = Math.Min(line.Length - 1, c + (Size / 2));
                double sum = 0;
                for (long k = from; k <= to; k++)
                {
                    sum += x.F[line[k]] * x.F[line[k]];
                }

                result[line[c]] = x.F[line[c]] / Math.Pow(Bias + (Alpha / Size * sum), Beta);
            }
        }

        return [RefTensor.Floats(x.DType, x.Dims, result)];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value x = Widening.Up(builder, X);
        Dim[] others = [.. Enumerable.Repeat(Dim.Zero, x.Rank - 2)];
        Value padded = builder.Pad(builder.Mul(x, x), [0, (Size - 1) / 2, .. others, 0, Size / 2, .. others]);
        Value sum = Enumerable.Range(0, checked((int)Size))
            .Select(k => builder.Slice(padded, starts: [k], ends: [x.Shape[1] + k], axes: [1]))
            .Aggregate(builder.Add);
        Value mean = builder.Mul(sum, builder.Float(x.DType, Alpha / Size));
        Value power = builder.Pow(builder.Add(mean, builder.Float(x.DType, Bias)), builder.Float(x.DType, Beta));
        return [Widening.To(builder, builder.Div(x, power), X.DType)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => ChannelNorms.Batch(context, [0]);

    // ONNX Runtime takes images and odd sizes alone.
    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("LRN", 1)
    {
        Attributes = [OnnxAttr.Of("size"), OnnxAttr.Of("alpha"), OnnxAttr.Of("beta"), OnnxAttr.Of("bias")],
        When = static op => op is Lrn { X.Type: TensorType { DType: DType.F32, Shape.Rank: 4 } } lrn && lrn.Size % 2 == 1,
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("image", static g => [g.Lrn(g.In("x", "f32[n, 5, 2, 3]"), 3, 0.5, 0.6, 1.5)]),
        new("wider than the channels", static g => [g.Lrn(g.In("x", "f32[n, 2, 2, 1]"), 5)]),
        new("even", static g => [g.Lrn(g.In("x", "f32[n, 5, 2, 1]"), 4, 0.5)]),
        new("line", static g => [g.Lrn(g.In("x", "f64[n, 5, 2]"), 3, 0.5)]),
        new("f16", static g => [g.Lrn(g.In("x", "f16[n, 3, 2, 2]"), 1, 0.5)]),
    ];
}
