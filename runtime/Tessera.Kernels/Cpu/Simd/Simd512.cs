using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Cpu.Simd;

/// <summary>Sixteen floats: AVX-512.</summary>
internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    public static int Width => 16;

    public static int TileVectors => 4;

    public static Vector512<float> Load(float* p) => Vector512.Load(p);

    public static void Store(Vector512<float> x, float* p) => x.Store(p);

    public static Vector512<float> All(float x) => Vector512.Create(x);

    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    public static Vector512<float> Sub(Vector512<float> a, Vector512<float> b) => a - b;

    public static Vector512<float> Mul(Vector512<float> a, Vector512<float> b) => a * b;

    public static Vector512<float> Div(Vector512<float> a, Vector512<float> b) => a / b;

    public static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);

    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.MaxNative(a, b);

    public static Vector512<float> Min(Vector512<float> a, Vector512<float> b) => Vector512.MinNative(a, b);

    public static Vector512<float> Abs(Vector512<float> a) => Vector512.Abs(a);

    public static Vector512<float> CopySign(Vector512<float> value, Vector512<float> sign) => Vector512.CopySign(value, sign);

    public static Vector512<float> SelectLess(Vector512<float> a, Vector512<float> b, Vector512<float> x, Vector512<float> y) =>
        Vector512.ConditionalSelect(Vector512.LessThan(a, b), x, y);

    public static Vector512<float> SelectEqual(Vector512<float> a, Vector512<float> b, Vector512<float> x, Vector512<float> y) =>
        Vector512.ConditionalSelect(Vector512.Equals(a, b), x, y);

    public static Vector512<float> PowerOfTwo(Vector512<float> t) =>
        (Vector512.ShiftLeft(t.AsInt32(), 23) + Vector512.Create(0x3F800000)).AsSingle();

    public static Vector512<float> Indices => Vector512.CreateSequence(0f, 1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector512<float> a) => Simd256.Largest(Vector256.MaxNative(a.GetLower(), a.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> a) => Vector512.Sum(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadF16(ushort* p)
    {
        Vector512<uint> h = NarrowLoads.Words512(p), bits = Vector512.ShiftLeft(h & Vector512.Create(0x7FFFu), 13);
        Vector512<uint> normal = bits + Vector512.Create(112u << 23), special = bits | Vector512.Create(0x7F800000u);

        // Subnormals go through a subtraction that is exact, so that flush-to-zero modes do not hurt.
        Vector512<uint> tiny = ((bits | Vector512.Create(113u << 23)).AsSingle() - Vector512.Create(6.103515625e-5f)).AsUInt32();
        Vector512<uint> result = Vector512.ConditionalSelect(Vector512.LessThan(bits, Vector512.Create(1u << 23)), tiny, normal);
        result = Vector512.ConditionalSelect(Vector512.LessThan(bits, Vector512.Create(0x0F800000u)), result, special);
        return (result | Vector512.ShiftLeft(h & Vector512.Create(0x8000u), 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadFiniteF16(ushort* p)
    {
        // Shifted as a signed word, the sign is where a float's is. The exponent is too low by 112.
        Vector512<int> bits = Vector512.ShiftLeft(NarrowLoads.SignedWords512(p), 13) & Vector512.Create(unchecked((int)0x8FFFE000));
        return bits.AsSingle() * Vector512.Create(5.192296858534828e33f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadBF16(ushort* p) => Vector512.ShiftLeft(NarrowLoads.Words512(p), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadInt8(sbyte* p) => Vector512.ConvertToSingle(NarrowLoads.Signed512(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadLowInt4(byte* p) => NarrowLoads.Int4(NarrowLoads.Bytes512(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadHighInt4(byte* p) => NarrowLoads.Int4(Vector512.ShiftRightLogical(NarrowLoads.Bytes512(p), 4));
}
