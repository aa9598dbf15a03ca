using System.Numerics;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The Fourier transforms of frames of a signal <c>[B, L, 1]</c> or <c>[B, L, 2]</c>, a step apart and weighed by a window: <c>[B, ⌊(L − frame) / step⌋ + 1, bins, 2]</c>.
/// The frame's length is given or the window's; one-sided, there are <c>⌊frame / 2⌋ + 1</c> bins.
/// </summary>
[Op("stft")]
public sealed partial record Stft(Value Signal, Value FrameStep, Value? Window, Value? FrameLength) : Op
{
    public bool Onesided { get; init; } = true;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape signal = context.ShapeOf(Signal);
        if (signal.Rank != 3 || !Signal.DType.IsFloat() || (Window ?? FrameLength) is null)
        {
            throw context.Error("TSR0203", $"the signal must be float [B, L, 1] or [B, L, 2], and a window or a frame's length given; it is {Signal.Type}.");
        }

        Dim? frame = FrameLength?.Sizes is [var given] ? given : FrameLength is null ? context.ShapeOf(Window!)[0] : null;
        Dim frames = frame is not null && FrameStep.Sizes is [{ ConstValue: > 0 and var step }]
            ? context.Facts.Simplify(Dim.FloorDiv(signal[1] - frame, step) + 1)
            : context.Fresh(0, 1);
        Dim bins = frame is null ? context.Fresh(0, 2) : context.Facts.Simplify(Onesided ? Dim.FloorDiv(frame, 2) + 1 : frame);
        return [new TensorType(Signal.DType, [signal[0], frames, bins, 2])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor signal = context.Tensor(0);
        double[]? window = context.OptionalTensor(2)?.F;
        long step = context.Tensor(1).I[0];
        int frame = (int)(context.OptionalTensor(3)?.I[0] ?? window!.Length);
        (long length, long parts) = (signal.Dims[1], signal.Dims[2]);
        long[] dims = [signal.Dims[0], ((length - frame) / step) + 1, Onesided ? (frame / 2) + 1 : frame, 2];
        double[] result = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        for (long i = 0; i < dims[0] * dims[1]; i++)
        {
            long start = (i / dims[1] * length) + (i % dims[1] * step);
            Complex[] values = [.. Enumerable.Range(0, frame).Select(n =>
                new Complex(signal.F[(start + n) * parts], parts > 1 ? signal.F[((start + n) * parts) + 1] : 0) * (window?[n] ?? 1))];
            Complex[] spectrum = Fourier.Transform(values, inverse: false);
            for (long k = 0; k < dims[2]; k++)
            {
                (result[((i * dims[2]) + k) * 2], result[(((i * dims[2]) + k) * 2) + 1]) = (spectrum[k].Real, spectrum[k].Imaginary);
            }
        }

        return [RefTensor.Floats(signal.DType, dims, result)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, Folding.Shared, Folding.Shared, Folding.Shared]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("STFT", 17, OnnxAttr.Of("onesided"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("frames", static g => [g.Stft(g.In("x", "f32[1, 12, 1]"), g.Int(DType.I64, 4), null, g.Int(DType.I64, 8))]),
        new("window", static g => [g.Stft(g.In("x", "f32[2, 10, 1]"), g.Int(DType.I64, 3), g.In("w", "f32[4]"), null)]),
    ];
}
