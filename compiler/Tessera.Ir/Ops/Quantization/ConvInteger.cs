using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The convolution of <c>x − x_zero</c> by <c>w − w_zero</c>, 8-bit integers, in i32; a zero point of w for all or for each of its kernels.</summary>
[Op("conv_integer")]
public sealed partial record ConvInteger(Value X, Value W, Value? XZero, Value? WZero) : QuantizedConv
{
    public override Dim Macs => MacsOf(W);

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => X.DType is DType.U8 or DType.I8 && W.DType is DType.U8 or DType.I8
        ? [new TensorType(DType.I32, ResultShape(context, X, W))]
        : throw context.Error("TSR0206", $"it is not defined for {X.Type} and {W.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (long[] dims, long[] sums, _) = Sums(X, W, context.Tensor(0), context.OptionalTensor(2), context.Tensor(1), context.OptionalTensor(3));
        return [RefTensor.Ints(DType.I32, dims, [.. sums.Select(static v => Wrap.To(DType.I32, v))])];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, Folding.Shared, Folding.Shared, Folding.Shared]);

    internal static OnnxMapping Onnx { get; } = Form("ConvInteger");

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("plain", static g => [g.ConvInteger(g.In("x", "u8[1, 2, 4, 3]"), g.In("w", "u8[3, 2, 2, 2]"))]),
        new("zero points", static g => [g.ConvInteger(g.In("x", "u8[2, 1, 3, 3]"), g.In("w", "u8[2, 1, 2, 2]"), g.In("xz", "u8[]"), g.In("wz", "u8[]"), pads: [1, 1, 1, 1])]),
    ];
}
