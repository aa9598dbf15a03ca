using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Cpu.Simd;

/// <summary>Eight floats: AVX2 with FMA.</summary>
internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    public static int Width => 8;

    public static int TileVectors => 2;

    public static Vector256<float> Load(float* p) => Vector256.Load(p);

    public static void Store(Vector256<float> x, float* p) => x.Store(p);

    public static Vector256<float> All(float x) => Vector256.Create(x);

    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    public static Vector256<float> Sub(Vector256<float> a, Vector256<float> b) => a - b;

    public static Vector256<float> Mul(Vector256<float> a, Vector256<float> b) => a * b;

    public static Vector256<float> Div(Vector256<float> a, Vector256<float> b) => a / b;

    public static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);

    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.MaxNative(a, b);

    public static Vector256<float> Min(Vector256<float> a, Vector256<float> b) => Vector256.MinNative(a, b);

    public static Vector256<float> Abs(Vector256<float> a) => Vector256.Abs(a);

    public static Vector256<float> CopySign(Vector256<float> value, Vector256<float> sign) => Vector256.CopySign(value, sign);

    public static Vector256<float> SelectLess(Vector256<float> a, Vector256<float> b, Vector256<float> x, Vector256<float> y) =>
        Vector256.ConditionalSelect(Vector256.LessThan(a, b), x, y);

    public static Vector256<float> SelectEqual(Vector256<float> a, Vector256<float> b, Vector256<float> x, Vector256<float> y) =>
        Vector256.ConditionalSelect(Vector256.Equals(a, b), x, y);

    public static Vector256<float> PowerOfTwo(Vector256<float> t) =>
        (Vector256.ShiftLeft(t.AsInt32(), 23) + Vector256.Create(0x3F800000)).AsSingle();

    public static Vector256<float> Indices => Vector256.CreateSequence(0f, 1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector256<float> a) => Simd128.Largest(Vector128.MaxNative(a.GetLower(), a.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> a) => Vector256.Sum(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadF16(ushort* p)
    {
        Vector256<uint> h = NarrowLoads.Words256(p), bits = Vector256.ShiftLeft(h & Vector256.Create(0x7FFFu), 13);
        Vector256<uint> normal = bits + Vector256.Create(112u << 23), special = bits | Vector256.Create(0x7F800000u);

        // Subnormals go through a subtraction that is exact, so that flush-to-zero modes do not hurt.
        Vector256<uint> tiny = ((bits | Vector256.Create(113u << 23)).AsSingle() - Vector256.Create(6.103515625e-5f)).AsUInt32();
        Vector256<uint> result = Vector256.ConditionalSelect(Vector256.LessThan(bits, Vector256.Create(1u << 23)), tiny, normal);
        result = Vector256.ConditionalSelect(Vector256.LessThan(bits, Vector256.Create(0x0F800000u)), result, special);
        return (result | Vector256.ShiftLeft(h & Vector256.Create(0x8000u), 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadFiniteF16(ushort* p)
    {
        // Shifted as a signed word, the sign is where a float's is. The exponent is too low by 112.
        Vector256<int> bits = Vector256.ShiftLeft(NarrowLoads.SignedWords256(p), 13) & Vector256.Create(unchecked((int)0x8FFFE000));
        return bits.AsSingle() * Vector256.Create(5.192296858534828e33f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadBF16(ushort* p) => Vector256.ShiftLeft(NarrowLoads.Words256(p), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadInt8(sbyte* p) => Vector256.ConvertToSingle(NarrowLoads.Signed256(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadLowInt4(byte* p) => NarrowLoads.Int4(NarrowLoads.Bytes256(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadHighInt4(byte* p) => NarrowLoads.Int4(Vector256.ShiftRightLogical(NarrowLoads.Bytes256(p), 4));
}
