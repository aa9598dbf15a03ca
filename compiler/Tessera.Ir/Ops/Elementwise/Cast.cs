using System.Globalization;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The same values in another element type. Floats round to the nearest, ties to even, and overflow to infinity; a float
/// becomes an integer by dropping its fraction, saturated at the ends of the type, NaN as 0 (ONNX leaves both open), of less than
/// 8 bits wrapped around; integers wrap around; a bool is 0 or 1, and whatever is not 0 is true, NaN included.
/// </summary>
[Op("cast")]
public sealed partial record Cast(Value X) : UnaryOp(X)
{
    public required DType To { get; init; }

    /// <summary>To an 8-bit float, whether overflow gives the greatest number instead of NaN or infinity.</summary>
    public bool Saturate { get; init; } = true;

    /// <summary>To a power of two (f8e8m0), which of its neighbours a number becomes.</summary>
    public RoundMode RoundMode { get; init; }

    // Among the wide floats, and to them from integers: there IEEE 754 leaves nothing open.
    public override OpTraits Traits => To is DType.F16 or DType.F32 or DType.F64 && (X.DType.IsInteger() || X.DType is DType.Bool or DType.F16 or DType.F32 or DType.F64)
        ? OpTraits.RoundedOnce
        : OpTraits.None;

    // A number too large for i32 wraps around, which no size does.
    public override IReadOnlyList<Dim>? DimContent(int output) =>
        X.DType is DType.I64 or DType.I32 && To is DType.I64 or DType.I32
        && X.Sizes is { } content
        && (To == DType.I64 || content.All(static d => d.ConstValue is null or (>= int.MinValue and <= int.MaxValue)))
            ? content
            : null;

    protected override bool Accepts(DType dtype) =>
        dtype is not (DType.C64 or DType.C128) && To is not (DType.Undefined or DType.C64 or DType.C128);

    protected override DType ResultDType(DType operand) => To;

    private protected override RefTensor Map(RefTensor x) => To switch
    {
        _ when x.DType == To => x,
        DType.Bool => RefTensor.Bools(x.Dims, Each(x, i => x.DType == DType.String ? x.S[i] is not ("" or "0") : x.Number(i) != 0)),
        DType.String => RefTensor.Strings(x.Dims, Each(x, i => Spell(x, i))),
        _ when To.IsFloat() => RefTensor.Floats(To, x.Dims, Each(x, i => To == DType.F32 && x.DType.IsInteger() ? Single(x, i) : Rounded(Float(x, i)))),
        _ => RefTensor.Ints(To, x.Dims, Each(x, i => Integer(x, i))),
    };

    private long Integer(RefTensor x, int i) => x.DType switch
    {
        DType.String => Wrap.To(To, long.Parse(x.S[i], CultureInfo.InvariantCulture)),
        DType.Bool => x.B[i] ? 1 : 0,
        _ when x.DType.IsFloat() => Saturated(x.F[i]),
        _ => Wrap.To(To, x.I[i]),
    };

    // .NET's own conversions saturate and take NaN to 0; narrower types clamp first.
    private long Saturated(double value)
    {
        if (To == DType.U64)
        {
            return unchecked((long)(ulong)value);
        }

        if (To.Bits() < 8)
        {
            return Wrap.To(To, double.IsFinite(value) ? (long)value : 0);
        }

        bool signed = IsSigned(To);
        int bits = To.Bits() - (signed ? 1 : 0);
        double ceiling = Math.Pow(2, bits);
        double clamped = Math.Clamp(Math.Truncate(value), signed ? -ceiling : 0, bits == 63 ? ceiling : ceiling - 1);
        return (long)clamped;
    }

    // By way of double, a large integer would be rounded twice.
    private static double Single(RefTensor x, int i) => x.DType == DType.U64 ? (float)unchecked((ulong)x.I[i]) : (float)x.I[i];

    // An infinity of a type without one saturates too, where that is asked for.
    private double Rounded(double value) => To == DType.F8E8M0 ? PowerOfTwo(value) : SmallFloat.Of(To) is { } format ? format.Decode(format.Encode(value, Saturate)) : RefTensors.Round(To, value);

    // There is no sign, no zero and no infinity; zero is the least power there is.
    private double PowerOfTwo(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.NaN;
        }

        double size = Math.Max(Math.Abs(value), Math.ScaleB(1, -127));
        int exponent = Math.ILogB(size);
        double fraction = Math.ScaleB(size, -exponent);
        bool up = RoundMode switch { RoundMode.Up => fraction > 1, RoundMode.Nearest => fraction >= 1.5, _ => false };
        exponent += up ? 1 : 0;
        return exponent <= 127 ? Math.ScaleB(1, exponent) : Saturate ? Math.ScaleB(1, 127) : double.NaN;
    }

    private static double Float(RefTensor x, int i) => x.DType != DType.String ? x.Number(i) : x.S[i].ToUpperInvariant() switch
    {
        "NAN" => double.NaN,
        "INF" or "+INF" => double.PositiveInfinity,
        "-INF" => double.NegativeInfinity,
        var text => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static string Spell(RefTensor x, int i) => x.DType switch
    {
        DType.Bool => x.B[i] ? "1" : "0",
        _ when x.DType.IsFloat() && double.IsNaN(x.F[i]) => "nan",
        _ when x.DType.IsFloat() && double.IsInfinity(x.F[i]) => x.F[i] > 0 ? "inf" : "-inf",
        _ when x.DType.IsFloat() => x.DType == DType.F64
            ? x.F[i].ToString("R", CultureInfo.InvariantCulture)
            : ((float)x.F[i]).ToString("R", CultureInfo.InvariantCulture),
        DType.U64 => unchecked((ulong)x.I[i]).ToString(CultureInfo.InvariantCulture),
        _ => x.I[i].ToString(CultureInfo.InvariantCulture),
    };

    private static T[] Each<T>(RefTensor x, Func<int, T> function) => [.. Enumerable.Range(0, x.Count).Select(function)];

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Cast", 6) { Attributes = [OnnxAttr.Of("to")], When = static op => op is Cast { Saturate: true, RoundMode: RoundMode.Up } },
        new OnnxRow("Cast", 19) { Attributes = [OnnxAttr.Of("to"), OnnxAttr.Of("saturate")], When = static op => ((Cast)op).RoundMode == RoundMode.Up },
        new OnnxRow("Cast", 24) { Attributes = [OnnxAttr.Of("to"), OnnxAttr.Of("saturate"), OnnxAttr.Of("round_mode")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("f32", DType.F16),
        Sample("f32", DType.BF16),
        Sample("f64", DType.F32),
        Sample("f16", DType.F32),
        Sample("bf16", DType.F32),
        Sample("f32", DType.I32),
        Sample("f32", DType.U8) with { Range = (0, 200) },
        Sample("f32", DType.Bool),
        Sample("i64", DType.F32),
        Sample("i64", DType.I8) with { IntRange = (-300, 300) },
        Sample("i32", DType.I64),
        Sample("bool", DType.F32),
        Sample("bool", DType.I64),
    ];

    private static OpSample Sample(string from, DType to) =>
        UnarySamples.For($"{from} to {to.Text()}", $"{from}[n, 3]", (g, x) => g.Cast(x, to));
}
