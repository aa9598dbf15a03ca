using System.Numerics;
using System.Runtime.InteropServices;

namespace Tessera.Ir;

/// <summary>
/// Conversion of whole spans of elements, equal on every machine. Floats round once, to nearest even; floats become
/// integers by truncation, saturating, NaN as 0; integers wrap; to bool is "not 0".
/// </summary>
public static class ElementCast
{
    /// <summary>Elements converted at a time, so that the intermediate doubles stay on the stack.</summary>
    private const int Block = 512;

    /// <summary>Real numbers that C# can compute with: not complex, not below 8 bits, not 8-bit floats.</summary>
    public static bool IsSupported(DType type) => type.Bits() > 8 ? type is not (DType.C64 or DType.C128) : type is DType.U8 or DType.I8 or DType.Bool;

    /// <summary>Converts as many elements as <paramref name="source"/> holds.</summary>
    public static void Convert(DType from, ReadOnlySpan<byte> source, DType to, Span<byte> destination)
    {
        switch (from, to)
        {
            case var (a, b) when a == b:
                source.CopyTo(destination);
                break;
            case (DType.F32, DType.F16):
                Map<float, Half>(source, destination, static x => (Half)x);
                break;
            case (DType.F32, DType.BF16):
                Map<float, ushort>(source, destination, BFloat16Bits.FromSingle);
                break;
            case (DType.BF16, DType.F32):
                Map<ushort, float>(source, destination, BFloat16Bits.ToSingle);
                break;
            case var (a, b) when !a.IsFloat() && !b.IsFloat():
                ConvertIntegers(from, source, to, destination);
                break;
            default:
                ConvertByDouble(from, source, to, destination);
                break;
        }
    }

    /// <summary>Rounds doubles to <paramref name="to"/>.</summary>
    public static void FromDoubles(ReadOnlySpan<double> source, DType to, Span<byte> destination)
    {
        switch (to)
        {
            case DType.F32: Narrow<float>(source, destination); break;
            case DType.F64: MemoryMarshal.AsBytes(source).CopyTo(destination); break;
            case DType.F16: Narrow<Half>(source, destination); break;
            case DType.I8: Narrow<sbyte>(source, destination); break;
            case DType.U8: Narrow<byte>(source, destination); break;
            case DType.I16: Narrow<short>(source, destination); break;
            case DType.U16: Narrow<ushort>(source, destination); break;
            case DType.I32: Narrow<int>(source, destination); break;
            case DType.U32: Narrow<uint>(source, destination); break;
            case DType.I64: Narrow<long>(source, destination); break;
            case DType.U64: Narrow<ulong>(source, destination); break;
            case DType.Bool: Map<double, byte>(MemoryMarshal.AsBytes(source), destination, static x => x != 0 ? (byte)1 : (byte)0); break;
            case DType.BF16: Map<double, ushort>(MemoryMarshal.AsBytes(source), destination, BFloat16Bits.FromDouble); break;
            default: throw Unsupported(to);
        }
    }

    /// <summary>Exact, save 64-bit integers above 2⁵³: these round to nearest even, or to odd where a narrower rounding follows.</summary>
    public static void ToDoubles(DType from, ReadOnlySpan<byte> source, Span<double> destination, bool roundToOdd)
    {
        var bytes = MemoryMarshal.AsBytes(destination);
        switch (from)
        {
            case DType.F32: Widen<float>(source, destination); break;
            case DType.F64: source.CopyTo(bytes); break;
            case DType.F16: Widen<Half>(source, destination); break;
            case DType.I8: Widen<sbyte>(source, destination); break;
            case DType.U8 or DType.Bool: Widen<byte>(source, destination); break;
            case DType.I16: Widen<short>(source, destination); break;
            case DType.U16: Widen<ushort>(source, destination); break;
            case DType.I32: Widen<int>(source, destination); break;
            case DType.U32: Widen<uint>(source, destination); break;
            case DType.I64 when !roundToOdd: Widen<long>(source, destination); break;
            case DType.U64 when !roundToOdd: Widen<ulong>(source, destination); break;
            case DType.I64: Map<long, double>(source, bytes, static x => x < 0 ? -ToOddDouble((ulong)-x) : ToOddDouble((ulong)x)); break;
            case DType.U64: Map<ulong, double>(source, bytes, ToOddDouble); break;
            case DType.BF16: Map<ushort, double>(source, bytes, static x => BFloat16Bits.ToSingle(x)); break;
            default: throw Unsupported(from);
        }
    }

    private static void ConvertByDouble(DType from, ReadOnlySpan<byte> source, DType to, Span<byte> destination)
    {
        var (read, write) = (from.Bits() / 8, to.Bits() / 8);
        Span<double> values = stackalloc double[Block];
        while (source.Length > 0)
        {
            var count = Math.Min(Block, source.Length / read);
            ToDoubles(from, source[..(count * read)], values[..count], roundToOdd: to != DType.F64);
            FromDoubles(values[..count], to, destination[..(count * write)]);
            source = source[(count * read)..];
            destination = destination[(count * write)..];
        }
    }

    private static void ConvertIntegers(DType from, ReadOnlySpan<byte> source, DType to, Span<byte> destination)
    {
        switch (from)
        {
            case DType.I8: FromInteger<sbyte>(source, to, destination); break;
            case DType.U8 or DType.Bool: FromInteger<byte>(source, to, destination); break;
            case DType.I16: FromInteger<short>(source, to, destination); break;
            case DType.U16: FromInteger<ushort>(source, to, destination); break;
            case DType.I32: FromInteger<int>(source, to, destination); break;
            case DType.U32: FromInteger<uint>(source, to, destination); break;
            case DType.I64: FromInteger<long>(source, to, destination); break;
            case DType.U64: FromInteger<ulong>(source, to, destination); break;
            default: throw Unsupported(from);
        }
    }

    private static void FromInteger<T>(ReadOnlySpan<byte> source, DType to, Span<byte> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        switch (to)
        {
            case DType.I8 or DType.U8: Map<T, byte>(source, destination, byte.CreateTruncating); break;
            case DType.I16 or DType.U16: Map<T, ushort>(source, destination, ushort.CreateTruncating); break;
            case DType.I32 or DType.U32: Map<T, uint>(source, destination, uint.CreateTruncating); break;
            case DType.I64 or DType.U64: Map<T, ulong>(source, destination, ulong.CreateTruncating); break;
            case DType.Bool: Map<T, byte>(source, destination, static x => T.IsZero(x) ? (byte)0 : (byte)1); break;
            default: throw Unsupported(to);
        }
    }

    private static void Widen<T>(ReadOnlySpan<byte> source, Span<double> destination)
        where T : unmanaged, INumberBase<T>
    {
        var from = MemoryMarshal.Cast<byte, T>(source);
        for (var i = 0; i < from.Length; i++) destination[i] = double.CreateTruncating(from[i]);
    }

    private static void Narrow<T>(ReadOnlySpan<double> source, Span<byte> destination)
        where T : unmanaged, INumberBase<T>
    {
        var to = MemoryMarshal.Cast<byte, T>(destination);
        for (var i = 0; i < source.Length; i++) to[i] = T.CreateSaturating(source[i]);
    }

    private static void Map<TFrom, TTo>(ReadOnlySpan<byte> source, Span<byte> destination, Func<TFrom, TTo> convert)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, TFrom>(source);
        var to = MemoryMarshal.Cast<byte, TTo>(destination);
        for (var i = 0; i < from.Length; i++) to[i] = convert(from[i]);
    }

    private static double ToOddDouble(ulong value)
    {
        var excess = 64 - 53 - BitOperations.LeadingZeroCount(value);
        if (excess <= 0) return value;
        var kept = value >> excess;
        var lost = kept << excess != value ? 1UL : 0UL;
        return (double)(kept | lost) * (1UL << excess);
    }

    internal static TesseraException Unsupported(DType type) =>
        new("TSR0419", "", $"elements of type {type.Text()} cannot be converted.", "Casts know bool, integers of 8 to 64 bits, bf16, f16, f32 and f64.");
}
