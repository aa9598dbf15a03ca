using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Weights <c>[dft_length / 2 + 1, bins]</c> that sum a spectrum into triangular bins, evenly spaced on the mel scale between two frequencies. All operands are scalars.
/// </summary>
[Op("mel_weight_matrix")]
public sealed partial record MelWeightMatrix(Value Bins, Value DftLength, Value SampleRate, Value Lowest, Value Highest) : Op
{
    public DType OutputType { get; init; } = DType.F32;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
    [
        new TensorType(OutputType,
        [
            DftLength.Sizes is [var length] ? context.Facts.Simplify(Dim.FloorDiv(length, 2) + 1) : context.Fresh(0, 0),
            Bins.Sizes is [var bins] ? bins : context.Fresh(0, 1),
        ]),
    ];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (long bins, long length, long rate) = (context.Tensor(0).I[0], context.Tensor(1).I[0], context.Tensor(2).I[0]);
        (double low, double high) = (Mel(context.Tensor(3).F[0]), Mel(context.Tensor(4).F[0]));
        double step = (high - low) / (bins + 2);
        long[] edges = [.. Enumerable.Range(0, (int)bins + 2).Select(i => (long)Math.Floor((length + 1) * 700 * (Math.Pow(10, ((i * step) + low) / 2595) - 1) / rate))];
        long rows = (length / 2) + 1;
        double[] weights = new double[rows * bins];
        for (int bin = 0; bin < bins; bin++)
        {
            (long from, long centre, long to) = (edges[bin], edges[bin + 1], edges[bin + 2]);
            for (long row = Math.Max(0, from); row < Math.Min(rows, Math.Max(to, centre + 1)); row++)
            {
                bool falls = row >= centre && to > centre;
                weights[(row * bins) + bin] = falls ? (to - row) / (double)(to - centre) : centre == from ? 1 : (row - from) / (double)(centre - from);
            }
        }

        return [OutputType.IsFloat() ? RefTensor.Floats(OutputType, [rows, bins], weights) : RefTensor.Ints(OutputType, [rows, bins], [.. weights.Select(static v => (long)v)])];
    }

    private static double Mel(double frequency) => 2595 * Math.Log10(1 + (frequency / 700));

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("its sizes differ by example");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("MelWeightMatrix", 17, new OnnxAttr.Direct("output_datatype", "output_type"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("eight bins", static g => [g.MelWeightMatrix(g.Int(DType.I64, 8), g.Int(DType.I64, 16), g.Int(DType.I64, 8192), g.Float(DType.F32, 0), g.Float(DType.F32, 4096))]),
    ];
}
