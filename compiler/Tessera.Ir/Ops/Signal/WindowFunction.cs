using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A window of a length that a scalar gives: <c>Σ ±aₖ cos(2πkn / N)</c>, N being the length, or one less when it is symmetric.
/// </summary>
[Op("window_function")]
public sealed partial record WindowFunction(Value Size) : Op
{
    public required WindowKind Kind { get; init; }

    public bool Periodic { get; init; } = true;

    public DType OutputType { get; init; } = DType.F32;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Size.DType is DType.I32 or DType.I64 && OutputType.IsFloat() | OutputType.IsInteger()
        ? [new TensorType(OutputType, [Size.Sizes is [var size] ? size : context.Fresh(0, 0)])]
        : throw context.Error("TSR0206", $"the length must be an integer and the result numbers; they are {Size.Type} and {OutputType}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        long size = context.Tensor(0).I[0];
        double period = Periodic ? size : size - 1;
        double[] values = [.. Enumerable.Range(0, (int)size).Select(n => At(2 * Math.PI * n / period))];
        return [OutputType.IsFloat() ? RefTensor.Floats(OutputType, [size], values) : RefTensor.Ints(OutputType, [size], [.. values.Select(static v => (long)v)])];
    }

    private double At(double angle) => Kind switch
    {
        WindowKind.Hann => 0.5 - (0.5 * Math.Cos(angle)),
        WindowKind.Hamming => (25.0 / 46) - (21.0 / 46 * Math.Cos(angle)),
        _ => 0.42 - (0.5 * Math.Cos(angle)) + (0.08 * Math.Cos(2 * angle)),
    };

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("its size differs by example");

    internal static OnnxMapping Onnx { get; } = new(EquatableArray.Create<OnnxRow>(
    [
        .. Enum.GetValues<WindowKind>().Select(static kind => new OnnxRow($"{kind}Window", 17)
        {
            Attributes = [new OnnxAttr.Direct("output_datatype", "output_type"), OnnxAttr.Of("periodic")],
            When = op => ((WindowFunction)op).Kind == kind,
        }),
    ]));

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. Enum.GetValues<WindowKind>().Select(static kind => new OpSample(kind.ToString(), g => [g.WindowFunction(g.Int(DType.I64, 10), kind)])),
        new("symmetric", static g => [g.WindowFunction(g.Int(DType.I32, 8), WindowKind.Hann, periodic: false)]),
    ];
}
