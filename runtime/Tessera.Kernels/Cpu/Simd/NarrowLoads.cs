using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Kernels.Cpu.Simd;

/// <summary>Small integers widened to the lanes of a vector: one instruction where the hardware has it.</summary>
internal static unsafe class NarrowLoads
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Words512(ushort* p) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512UInt32(Vector256.Load(p)) : Vector512.Create(Words256(p), Words256(p + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Words256(ushort* p) =>
        Avx2.IsSupported ? Avx2.ConvertToVector256Int32(Vector128.Load(p)).AsUInt32() : Vector256.Create(Words128(p), Words128(p + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Words128(ushort* p) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)p).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> SignedWords512(ushort* p) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(Vector256.Load((short*)p)) : Vector512.Create(SignedWords256(p), SignedWords256(p + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> SignedWords256(ushort* p) =>
        Avx2.IsSupported ? Avx2.ConvertToVector256Int32(Vector128.Load((short*)p)) : Vector256.Create(SignedWords128(p), SignedWords128(p + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SignedWords128(ushort* p) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)p).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Signed512(sbyte* p) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(Vector128.Load(p)) : Vector512.Create(Signed256(p), Signed256(p + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Signed256(sbyte* p) =>
        Avx2.IsSupported ? Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(*(ulong*)p).AsSByte()) : Vector256.Create(Signed128(p), Signed128(p + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Signed128(sbyte* p) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)p).AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Bytes512(byte* p) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(Vector128.Load(p)) : Vector512.Create(Bytes256(p), Bytes256(p + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Bytes256(byte* p) =>
        Avx2.IsSupported ? Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(*(ulong*)p).AsByte()) : Vector256.Create(Bytes128(p), Bytes128(p + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Bytes128(byte* p) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)p).AsByte())).AsInt32();

    /// <summary>The low four bits of each lane, less 8: a table that one instruction looks up, where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Int4(Vector512<int> codes) =>
        Avx512F.IsSupported
            ? Avx512F.PermuteVar16x32(Vector512.Create(-8f, -7f, -6f, -5f, -4f, -3f, -2f, -1f, 0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f), codes)
            : Vector512.ConvertToSingle((codes & Vector512.Create(15)) - Vector512.Create(8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Int4(Vector256<int> codes) => Vector256.ConvertToSingle((codes & Vector256.Create(15)) - Vector256.Create(8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Int4(Vector128<int> codes) => Vector128.ConvertToSingle((codes & Vector128.Create(15)) - Vector128.Create(8));
}
