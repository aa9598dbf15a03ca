using System.Numerics;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The discrete Fourier transform along an axis of real <c>x[…, 1]</c> or complex <c>x[…, 2]</c>, cut or filled with zeros to a length. One-sided, only the first
/// <c>⌊N / 2⌋ + 1</c> results stand; the one-sided inverse takes those of a real signal and gives it as <c>[…, 1]</c>.
/// </summary>
[Op("dft")]
public sealed partial record Dft(Value X, Value? Length) : Op
{
    public required long Axis { get; init; }

    public bool Inverse { get; init; }

    public bool Onesided { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        int axis = context.Axis(Axis, x.Rank);
        if (axis == x.Rank - 1 || !X.DType.IsFloat())
        {
            throw context.Error("TSR0203", $"x must be float and the axis not its last; they are {X.Type} and {Axis}.");
        }

        Dim? length = Length is null ? (Inverse && Onesided ? (x[axis] - 1) * 2 : x[axis]) : Length.Sizes is [var given] ? given : null;
        Dim size = length is null ? context.Fresh(0, axis) : context.Facts.Simplify(Onesided && !Inverse ? Dim.FloorDiv(length, 2) + 1 : length);
        return [new TensorType(X.DType, x.With(axis, size).With(x.Rank - 1, Inverse && Onesided ? 1 : 2))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int axis = (int)(Axis < 0 ? Axis + x.Rank : Axis);
        int length = (int)(context.OptionalTensor(1)?.I[0] ?? (Inverse && Onesided ? (x.Dims[axis] - 1) * 2 : x.Dims[axis]));
        int parts = (int)x.Dims[^1];
        long[] dims = [.. x.Dims];
        dims[axis] = Onesided && !Inverse ? (length / 2) + 1 : length;
        dims[^1] = Inverse && Onesided ? 1 : 2;
        double[] result = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        long[] own = [.. x.Dims.SkipLast(1)];
        foreach ((int[] line, int[] target) in Slices.Along(own, axis).Zip(Slices.Along([.. dims.SkipLast(1)], axis)))
        {
            Complex[] values = [.. Enumerable.Range(0, length).Select(n => n < line.Length ? new Complex(x.F[line[n] * parts], parts > 1 ? x.F[(line[n] * parts) + 1] : 0) : Complex.Zero)];
            if (Inverse && Onesided)
            {
                for (int n = (length / 2) + 1; n < length; n++)
                {
                    values[n] = Complex.Conjugate(values[length - n]);
                }
            }

            Complex[] transformed = Fourier.Transform(values, Inverse);
            for (int k = 0; k < target.Length; k++)
            {
                result[target[k] * dims[^1]] = transformed[k].Real;
                if (dims[^1] == 2)
                {
                    result[(target[k] * 2) + 1] = transformed[k].Imaginary;
                }
            }
        }

        return [RefTensor.Floats(x.DType, dims, result)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [AxisWise.Batch(context, Axis, axis => this with
    {
        X = context.Operands[0]!.Value,
        Length = context.Operands[1]?.Value,
        Axis = axis,
    })];

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("DFT", 17) { Until = 20, Attributes = [new OnnxAttr.Direct("axis", "axis", 1L), OnnxAttr.Of("inverse"), OnnxAttr.Of("onesided")] },
        new OnnxRow("DFT", 20)
        {
            Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Operand("length"), new OnnxArgument.Int("axis")],
            Attributes = [OnnxAttr.Of("inverse"), OnnxAttr.Of("onesided")],
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("real", static g => [g.Dft(g.In("x", "f32[1, 6, 1]"), 1)]),
        new("one side", static g => [g.Dft(g.In("x", "f32[2, 5, 1]"), 1, onesided: true)]),
        new("inverse", static g => [g.Dft(g.In("x", "f32[1, 4, 3, 2]"), 1, inverse: true)]),
        new("longer", static g => [g.Dft(g.In("x", "f64[1, 4, 2]"), -2, g.Int(DType.I64, 6))]),
    ];
}
