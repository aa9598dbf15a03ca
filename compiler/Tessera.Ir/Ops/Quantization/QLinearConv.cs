using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A quantised convolution: <c>((x − x_zero) ∗ (w − w_zero) + bias) · x_scale · w_scale / y_scale + y_zero</c>, rounded to even before
/// the zero point is added and kept in the range of the result. w may have a scale for each of its kernels; the bias is in i32.
/// </summary>
[Op("qlinear_conv")]
public sealed partial record QLinearConv(
    Value X, Value XScale, Value XZero, Value W, Value WScale, Value WZero, Value YScale, Value YZero, Value? Bias) : QuantizedConv
{
    public override Dim Macs => MacsOf(W);

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        XScale.DType == DType.F32 && WScale.DType == DType.F32 && YScale.DType == DType.F32
        && X.DType is DType.U8 or DType.I8 && W.DType is DType.U8 or DType.I8 && YZero.DType is DType.U8 or DType.I8
            ? [new TensorType(YZero.DType, ResultShape(context, X, W))]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type} and {W.Type}, to {YZero.DType.Text()}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (long[] dims, long[] sums, long[] channels) = Sums(X, W, context.Tensor(0), context.Tensor(2), context.Tensor(3), context.Tensor(5));
        (double xScale, double[] wScale, double yScale) = (context.Tensor(1).F[0], context.Tensor(4).F, context.Tensor(6).F[0]);
        (long zero, long[]? bias) = (context.Tensor(7).I[0], context.OptionalTensor(8)?.I);
        long At(int i)
        {
            double scale = xScale * wScale[wScale.Length == 1 ? 0 : channels[i]] / yScale;
            return Quantized.Clamped(YZero.DType, Math.Round((sums[i] + (bias?[channels[i]] ?? 0)) * scale, MidpointRounding.ToEven) + zero);
        }

        return [RefTensor.Ints(YZero.DType, dims, [.. Enumerable.Range(0, sums.Length).Select(At)])];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, .. Enumerable.Repeat(Folding.Shared, 8)]);

    internal static OnnxMapping Onnx { get; } = Form("QLinearConv");

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("plain", "u8", "u8[]", null),
        Sample("kernels", "u8", "i8[3]", "i32[3]"),
    ];

    private static OpSample Sample(string name, string x, string wZero, string? bias)
    {
        string shape = wZero[2..];
        return new(name, g =>
        [
            g.QLinearConv(
                g.In("x", $"{x}[1, 2, 4, 3]"), g.In("xs", "f32[]"), g.In("xz", $"{x}[]"),
                g.In("w", $"{wZero[..2]}[3, 2, 2, 2]"), g.In("ws", "f32" + shape), g.Constant(Zero(wZero)), g.In("ys", "f32[]"), g.In("yz", $"{x}[]"),
                bias is null ? null : g.In("b", bias), pads: [0, 1, 0, 1]),
        ])
        { Range = (0.5, 1) };
    }

    // ONNX Runtime wants one zero point in all kernels.
    private static TensorContent Zero(string type) => type == "u8[]"
        ? TensorContent.FromBytes(DType.U8, [], new byte[] { 1 })
        : TensorContent.FromBytes(DType.I8, [3], new byte[3]);
}
