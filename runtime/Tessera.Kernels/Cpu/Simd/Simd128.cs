using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Cpu.Simd;

/// <summary>Four floats: what every machine has. Multiplies and adds in one step where the hardware can, in two elsewhere.</summary>
internal readonly unsafe struct Simd128 : ISimd<Vector128<float>>
{
    public static int Width => 4;

    public static int TileVectors => 2;

    public static Vector128<float> Load(float* p) => Vector128.Load(p);

    public static void Store(Vector128<float> x, float* p) => x.Store(p);

    public static Vector128<float> All(float x) => Vector128.Create(x);

    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    public static Vector128<float> Sub(Vector128<float> a, Vector128<float> b) => a - b;

    public static Vector128<float> Mul(Vector128<float> a, Vector128<float> b) => a * b;

    public static Vector128<float> Div(Vector128<float> a, Vector128<float> b) => a / b;

    public static Vector128<float> Fma(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.MaxNative(a, b);

    public static Vector128<float> Min(Vector128<float> a, Vector128<float> b) => Vector128.MinNative(a, b);

    public static Vector128<float> Abs(Vector128<float> a) => Vector128.Abs(a);

    public static Vector128<float> CopySign(Vector128<float> value, Vector128<float> sign) => Vector128.CopySign(value, sign);

    public static Vector128<float> SelectLess(Vector128<float> a, Vector128<float> b, Vector128<float> x, Vector128<float> y) =>
        Vector128.ConditionalSelect(Vector128.LessThan(a, b), x, y);

    public static Vector128<float> SelectEqual(Vector128<float> a, Vector128<float> b, Vector128<float> x, Vector128<float> y) =>
        Vector128.ConditionalSelect(Vector128.Equals(a, b), x, y);

    public static Vector128<float> PowerOfTwo(Vector128<float> t) =>
        (Vector128.ShiftLeft(t.AsInt32(), 23) + Vector128.Create(0x3F800000)).AsSingle();

    public static Vector128<float> Indices => Vector128.CreateSequence(0f, 1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector128<float> a)
    {
        a = Vector128.MaxNative(a, Vector128.Shuffle(a, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(a, Vector128.Shuffle(a, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> a) => Vector128.Sum(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadF16(ushort* p)
    {
        Vector128<uint> h = NarrowLoads.Words128(p), bits = Vector128.ShiftLeft(h & Vector128.Create(0x7FFFu), 13);
        Vector128<uint> normal = bits + Vector128.Create(112u << 23), special = bits | Vector128.Create(0x7F800000u);

        // Subnormals go through a subtraction that is exact, so that flush-to-zero modes do not hurt.
        Vector128<uint> tiny = ((bits | Vector128.Create(113u << 23)).AsSingle() - Vector128.Create(6.103515625e-5f)).AsUInt32();
        Vector128<uint> result = Vector128.ConditionalSelect(Vector128.LessThan(bits, Vector128.Create(1u << 23)), tiny, normal);
        result = Vector128.ConditionalSelect(Vector128.LessThan(bits, Vector128.Create(0x0F800000u)), result, special);
        return (result | Vector128.ShiftLeft(h & Vector128.Create(0x8000u), 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadFiniteF16(ushort* p)
    {
        // Shifted as a signed word, the sign is where a float's is. The exponent is too low by 112.
        Vector128<int> bits = Vector128.ShiftLeft(NarrowLoads.SignedWords128(p), 13) & Vector128.Create(unchecked((int)0x8FFFE000));
        return bits.AsSingle() * Vector128.Create(5.192296858534828e33f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadBF16(ushort* p) => Vector128.ShiftLeft(NarrowLoads.Words128(p), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadInt8(sbyte* p) => Vector128.ConvertToSingle(NarrowLoads.Signed128(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadLowInt4(byte* p) => NarrowLoads.Int4(NarrowLoads.Bytes128(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadHighInt4(byte* p) => NarrowLoads.Int4(Vector128.ShiftRightLogical(NarrowLoads.Bytes128(p), 4));
}
