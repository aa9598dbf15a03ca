using System.Globalization;
using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Arithmetic. A C# number takes the tensor's element type.</content>
public sealed partial class Tensor
{
    public static Tensor operator +(Tensor a, Tensor b) => a.Emit(_ => new Add(a.Value, b.Value));

    public static Tensor operator -(Tensor a, Tensor b) => a.Emit(_ => new Sub(a.Value, b.Value));

    public static Tensor operator *(Tensor a, Tensor b) => a.Emit(_ => new Mul(a.Value, b.Value));

    public static Tensor operator /(Tensor a, Tensor b) => a.Emit(_ => new Div(a.Value, b.Value));

    public static Tensor operator +(Tensor a, double b) => a + a.Scalar(b);

    public static Tensor operator -(Tensor a, double b) => a - a.Scalar(b);

    public static Tensor operator *(Tensor a, double b) => a * a.Scalar(b);

    public static Tensor operator /(Tensor a, double b) => a / a.Scalar(b);

    public static Tensor operator +(double a, Tensor b) => b.Scalar(a) + b;

    public static Tensor operator -(double a, Tensor b) => b.Scalar(a) - b;

    public static Tensor operator *(double a, Tensor b) => b.Scalar(a) * b;

    public static Tensor operator /(double a, Tensor b) => b.Scalar(a) / b;

    public static Tensor operator -(Tensor a) => a.Emit(_ => new Neg(a.Value));

    /// <summary>A constant of this tensor's element type.</summary>
    /// <exception cref="TesseraException">TSR0612: the type holds whole numbers and the value is none of its.</exception>
    public Tensor Scalar(double value) => Tracer.Build(g => DType.IsFloat() ? g.Float(DType, value)
        : WholeNumbers.TryConvert(DType, value, out long whole) ? g.Int(DType, whole)
        : throw new TesseraException(
            "TSR0612",
            g.Source,
            string.Create(CultureInfo.InvariantCulture, $"{value:R} is no number of the tensor's element type: the tensor is {Value.Type}."),
            DType.IsInteger() ? "Use .To(DType.F32) before the arithmetic." : null));

    /// <summary>Matrix product over the last two axes.</summary>
    public Tensor MatMul(Tensor other) => Emit(_ => new MatMul(Value, other.Value));

    /// <summary>The same numbers in another element type.</summary>
    public Tensor To(DType dtype) => dtype == DType ? this : Emit(_ => new Cast(Value) { To = dtype });
}
