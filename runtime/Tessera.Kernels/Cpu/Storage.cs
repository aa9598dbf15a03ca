using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Cpu;

/// <summary>How floats lie in memory. Everything is computed in f32.</summary>
internal enum Storage
{
    F32,
    F16,
    BF16,
}

/// <summary>Conversion between a storage and f32; to 16 bits it rounds to nearest, ties to even.</summary>
internal static unsafe class StorageConvert
{
    public static int Bytes(this Storage storage) => storage == Storage.F32 ? 4 : 2;

    /// <summary>The address of element <paramref name="index"/>.</summary>
    public static void* At(this Storage storage, void* data, long index) => (byte*)data + (index * storage.Bytes());

    public static float Read(this Storage storage, void* data, long index) => storage switch
    {
        Storage.F32 => ((float*)data)[index],
        Storage.F16 => (float)((Half*)data)[index],
        _ => BitConverter.Int32BitsToSingle(((ushort*)data)[index] << 16),
    };

    /// <summary>Reads <paramref name="count"/> elements as f32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(this Storage storage, void* source, float* target, int count)
    {
        int i = 0;
        switch (storage)
        {
            case Storage.F32:
                Unsafe.CopyBlockUnaligned(target, source, (uint)count * sizeof(float));
                return;
            case Storage.F16:
                for (; i <= count - 8; i += 8)
                    FromF16(Widen((ushort*)source + i)).Store(target + i);
                break;
            default:
                for (; i <= count - 8; i += 8)
                    Vector256.ShiftLeft(Widen((ushort*)source + i), 16).AsSingle().Store(target + i);
                break;
        }

        for (; i < count; i++)
            target[i] = storage.Read(source, i);
    }

    /// <summary>Writes <paramref name="count"/> floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Save(this Storage storage, float* source, void* target, int count)
    {
        if (storage == Storage.F32)
        {
            Unsafe.CopyBlockUnaligned(target, source, (uint)count * sizeof(float));
            return;
        }

        ushort* words = (ushort*)target;
        int i = 0;
        for (; i <= count - 8; i += 8)
            Narrow(To16(storage, Vector256.Load(source + i))).Store(words + i);
        for (; i < count; i++)
            words[i] = (ushort)To16(storage, Vector256.CreateScalar(source[i])).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Widen(ushort* p)
    {
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.Load(p));
        return Vector256.Create(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Narrow(Vector256<uint> x) => Vector128.Narrow(x.GetLower(), x.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> To16(Storage storage, Vector256<float> x) =>
        storage == Storage.F16 ? ToF16(x) : ToBF16(x);

    /// <summary>Rebiases the exponent; subnormals go through a subtraction that is exact, so that flush-to-zero modes do not hurt.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> FromF16(Vector256<uint> h)
    {
        Vector256<uint> sign = Vector256.ShiftLeft(h & Vector256.Create(0x8000u), 16);
        Vector256<uint> bits = Vector256.ShiftLeft(h & Vector256.Create(0x7FFFu), 13);
        Vector256<uint> normal = bits + Vector256.Create(112u << 23);
        Vector256<uint> special = bits | Vector256.Create(0x7F800000u);
        Vector256<uint> tiny = (Vector256.AsSingle(bits | Vector256.Create(113u << 23)) - Vector256.Create(6.103515625e-5f)).AsUInt32();
        Vector256<uint> result = Vector256.ConditionalSelect(Vector256.LessThan(bits, Vector256.Create(1u << 23)), tiny, normal);
        result = Vector256.ConditionalSelect(Vector256.LessThan(bits, Vector256.Create(0x0F800000u)), result, special);
        return (result | sign).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> ToF16(Vector256<float> x)
    {
        Vector256<uint> all = x.AsUInt32();
        Vector256<uint> sign = Vector256.ShiftRightLogical(all, 16) & Vector256.Create(0x8000u);
        Vector256<uint> bits = all & Vector256.Create(0x7FFFFFFFu);
        Vector256<uint> odd = Vector256.ShiftRightLogical(bits, 13) & Vector256<uint>.One;
        Vector256<uint> normal = Vector256.ShiftRightLogical(bits - Vector256.Create((112u << 23) - 0xFFF) + odd, 13);
        // Adding 0.5 leaves the half's subnormal mantissa, rounded, in the low bits.
        Vector256<uint> tiny = (bits.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(0x3F000000u);
        Vector256<uint> nan = Vector256.Create(0x7E00u);
        Vector256<uint> result = Vector256.ConditionalSelect(Vector256.LessThan(bits, Vector256.Create(113u << 23)), tiny, normal);
        result = Vector256.ConditionalSelect(Vector256.LessThan(bits, Vector256.Create(0x47800000u)), result, Vector256.Create(0x7C00u));
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(bits, Vector256.Create(0x7F800000u)), nan, result);
        return result | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> ToBF16(Vector256<float> x)
    {
        Vector256<uint> bits = x.AsUInt32();
        Vector256<uint> odd = Vector256.ShiftRightLogical(bits, 16) & Vector256<uint>.One;
        Vector256<uint> rounded = Vector256.ShiftRightLogical(bits + Vector256.Create(0x7FFFu) + odd, 16);
        Vector256<uint> quiet = Vector256.ShiftRightLogical(bits, 16) | Vector256.Create(0x40u);
        return Vector256.ConditionalSelect(Vector256.Equals(x, x).AsUInt32(), rounded, quiet);
    }
}
