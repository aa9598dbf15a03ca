using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>One vector of packed weights as f32, before their scale.</summary>
internal unsafe interface IPanelDecoder<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <summary>Vector <paramref name="vector"/> of a row of a panel of <see cref="ISimd{TVec}.TileVectors"/>.</summary>
    static abstract TVec Load(byte* row, int vector);

    /// <summary>Bits of an element.</summary>
    static abstract int Bits { get; }
}

/// <summary>
/// Halves that are all finite, by a product with a power of two. In flush-to-zero modes subnormal ones are 0, as everything
/// subnormal is.
/// </summary>
internal readonly unsafe struct FiniteF16Decoder<TSimd, TVec> : IPanelDecoder<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public static int Bits => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Load(byte* row, int vector) => TSimd.LoadFiniteF16((ushort*)row + (vector * TSimd.Width));
}

internal readonly unsafe struct F16Decoder<TSimd, TVec> : IPanelDecoder<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public static int Bits => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Load(byte* row, int vector) => TSimd.LoadF16((ushort*)row + (vector * TSimd.Width));
}

internal readonly unsafe struct BF16Decoder<TSimd, TVec> : IPanelDecoder<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public static int Bits => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Load(byte* row, int vector) => TSimd.LoadBF16((ushort*)row + (vector * TSimd.Width));
}

internal readonly unsafe struct Int8Decoder<TSimd, TVec> : IPanelDecoder<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public static int Bits => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Load(byte* row, int vector) => TSimd.LoadInt8((sbyte*)row + (vector * TSimd.Width));
}

/// <summary>The first half of a panel lies in the low halves of its bytes, the second in the high ones.</summary>
internal readonly unsafe struct Int4Decoder<TSimd, TVec> : IPanelDecoder<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public static int Bits => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Load(byte* row, int vector)
    {
        int half = TSimd.TileVectors / 2;
        return vector < half ? TSimd.LoadLowInt4(row + (vector * TSimd.Width)) : TSimd.LoadHighInt4(row + ((vector - half) * TSimd.Width));
    }
}
