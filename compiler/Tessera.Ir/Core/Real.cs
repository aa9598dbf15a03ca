using System.Globalization;

namespace Tessera.Ir;

/// <summary>
/// A floating-point attribute. It holds single precision, since that is all an ONNX attribute can carry, and is equal by
/// bits: <c>0</c> and <c>−0</c> differ and a NaN equals itself, so that interning never merges ops that compute differently.
/// </summary>
public readonly struct Real(double value) : IEquatable<Real>
{
    private readonly float _value = (float)value;

    public double Value => _value;

    public static implicit operator Real(double value) => new(value);

    public static implicit operator double(Real real) => real._value;

    public static Real FromDouble(double value) => new(value);

    public double ToDouble() => _value;

    public bool Equals(Real other) =>
        BitConverter.SingleToInt32Bits(_value) == BitConverter.SingleToInt32Bits(other._value);

    public override bool Equals(object? obj) => obj is Real other && Equals(other);

    public override int GetHashCode() => BitConverter.SingleToInt32Bits(_value);

    public static bool operator ==(Real left, Real right) => left.Equals(right);

    public static bool operator !=(Real left, Real right) => !left.Equals(right);

    /// <summary>The shortest text that reads back to the same bits; <c>nan</c>, <c>inf</c> and <c>-inf</c> by name.</summary>
    public override string ToString() => _value switch
    {
        float.NaN => "nan",
        float.PositiveInfinity => "inf",
        float.NegativeInfinity => "-inf",
        _ => _value.ToString("R", CultureInfo.InvariantCulture),
    };
}
