namespace Tessera.Ir.Evaluate;

/// <summary>
/// Floating-point types of at most 8 bits as ONNX has them: OCP 8-bit formats (arXiv 2209.05433) with infinities (E5M2) or
/// without (E4M3FN), their variants with one zero and one NaN (FNUZ, arXiv 2206.02915), the power-of-two scale E8M0 and the
/// 4-bit E2M1 of the OCP microscaling formats.
/// </summary>
internal sealed class SmallFloat
{
    private static readonly SmallFloat s_e4m3fn = new(8, static c => (c & 0x7F) == 0x7F ? double.NaN : Ieee(c, 4, 3, 7));
    private static readonly SmallFloat s_e4m3fnuz = new(8, static c => c == 0x80 ? double.NaN : Ieee(c, 4, 3, 8));
    private static readonly SmallFloat s_e5m2 = new(8, static c => (c & 0x7F) switch
    {
        0x7C => c > 0x7F ? double.NegativeInfinity : double.PositiveInfinity,
        > 0x7C => double.NaN,
        _ => Ieee(c, 5, 2, 15),
    });
    private static readonly SmallFloat s_e5m2fnuz = new(8, static c => c == 0x80 ? double.NaN : Ieee(c, 5, 2, 16));
    private static readonly SmallFloat s_e8m0 = new(8, static c => c == 0xFF ? double.NaN : Math.ScaleB(1, c - 127));
    private static readonly SmallFloat s_e2m1 = new(4, static c => Ieee(c, 2, 1, 1));

    // Of the NaN codes of E5M2 the customary one has all bits of the mantissa set.
    private const byte QuietE5M2 = 0x7F;

    private readonly double[] _values;

    private SmallFloat(int bits, Func<int, double> decode) => _values = [.. Enumerable.Range(0, 1 << bits).Select(decode)];

    /// <summary>The format of a type, or null where it is none of these.</summary>
    public static SmallFloat? Of(DType dtype) => dtype switch
    {
        DType.F8E4M3FN => s_e4m3fn,
        DType.F8E4M3FNUZ => s_e4m3fnuz,
        DType.F8E5M2 => s_e5m2,
        DType.F8E5M2FNUZ => s_e5m2fnuz,
        DType.F8E8M0 => s_e8m0,
        DType.F4E2M1 => s_e2m1,
        _ => null,
    };

    /// <summary>Largest finite value.</summary>
    public double Max => _values.Where(double.IsFinite).Max();

    /// <summary>Whether the type has infinities.</summary>
    public bool HasInfinity => _values.Any(double.IsInfinity);

    public double Decode(byte code) => _values[code & (_values.Length - 1)];

    /// <summary>The code of a value that is stored: as <see cref="Encode"/>, but an infinity stays one where the type has it.</summary>
    public byte Store(double value) => Encode(value, saturate: !(double.IsInfinity(value) && HasInfinity));

    /// <summary>
    /// The code of the nearest value, ties to the even code. What lies beyond the largest value by half a step or more, and
    /// infinity, becomes the largest with <paramref name="saturate"/>; without, infinity or NaN, whichever the type has.
    /// </summary>
    public byte Encode(double value, bool saturate = true)
    {
        if (double.IsNaN(value))
        {
            return NaN(value);
        }

        double step = Max - _values.Where(v => double.IsFinite(v) && v < Max).Max();
        bool beyond = Math.Abs(value) >= Max + (step / 2);
        if (beyond && !saturate)
        {
            return HasInfinity ? Exact(value > 0 ? double.PositiveInfinity : double.NegativeInfinity) : NaN(value);
        }

        double limited = Math.Clamp(value, -Max, Max);
        int best = -1;
        for (int code = 0; code < _values.Length; code++)
        {
            if (!double.IsFinite(_values[code]) || (_values[code] == 0 && double.IsNegative(_values[code]) != double.IsNegative(value) && HasNegativeZero))
            {
                continue;
            }

            double distance = Math.Abs(_values[code] - limited);
            double least = best < 0 ? double.PositiveInfinity : Math.Abs(_values[best] - limited);
            if (distance < least || (distance == least && (code & 1) == 0 && (best & 1) == 1))
            {
                best = code;
            }
        }

        return (byte)best;
    }

    private bool HasNegativeZero => _values.Any(static v => v == 0 && double.IsNegative(v));

    private byte NegativeZero => (byte)Array.FindIndex(_values, static v => v == 0 && double.IsNegative(v));

    private byte Exact(double value) => (byte)Array.IndexOf(_values, value);

    // A type without NaN takes it for the zero with a sign, as the conformance tests of ONNX have it.
    private byte NaN(double value)
    {
        int first = Array.FindIndex(_values, double.IsNaN);
        int last = Array.FindLastIndex(_values, double.IsNaN);
        return first < 0 ? NegativeZero : HasInfinity ? (byte)(double.IsNegative(value) ? last : QuietE5M2) : (byte)(double.IsNegative(value) ? last : first);
    }

    private static double Ieee(int code, int exponentBits, int mantissaBits, int bias)
    {
        int sign = code >> (exponentBits + mantissaBits);
        int exponent = (code >> mantissaBits) & ((1 << exponentBits) - 1);
        double mantissa = (code & ((1 << mantissaBits) - 1)) / (double)(1 << mantissaBits);
        double magnitude = exponent == 0 ? Math.ScaleB(mantissa, 1 - bias) : Math.ScaleB(1 + mantissa, exponent - bias);
        return sign == 1 ? -magnitude : magnitude;
    }
}
