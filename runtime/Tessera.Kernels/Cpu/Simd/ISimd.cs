namespace Tessera.Kernels.Cpu.Simd;

/// <summary>
/// A vector of floats of one width. Kernels are generic over it and are compiled once per width; the operations are
/// the portable ones of .NET, so that every width computes the same on every machine, only slower where it is wider
/// than the hardware.
/// </summary>
/// <typeparam name="TVec">The vector itself, so that locals stay in registers.</typeparam>
internal unsafe interface ISimd<TVec>
    where TVec : struct
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>How many vectors wide a register tile of six rows may be: 4 with 32 registers, 2 with 16.</summary>
    static abstract int TileVectors { get; }

    static abstract TVec Load(float* p);

    static abstract void Store(TVec x, float* p);

    static abstract TVec All(float x);

    static abstract TVec Add(TVec a, TVec b);

    static abstract TVec Sub(TVec a, TVec b);

    static abstract TVec Mul(TVec a, TVec b);

    static abstract TVec Div(TVec a, TVec b);

    /// <summary>a · b + c, rounded once where the hardware can.</summary>
    static abstract TVec Fma(TVec a, TVec b, TVec c);

    /// <summary>The hardware's maximum: which operand a NaN yields differs between machines.</summary>
    static abstract TVec Max(TVec a, TVec b);

    static abstract TVec Min(TVec a, TVec b);

    static abstract TVec Abs(TVec a);

    static abstract TVec CopySign(TVec value, TVec sign);

    /// <summary>a &lt; b ? x : y, lane by lane; y where either is NaN.</summary>
    static abstract TVec SelectLess(TVec a, TVec b, TVec x, TVec y);

    /// <summary>a = b ? x : y, lane by lane; y where either is NaN.</summary>
    static abstract TVec SelectEqual(TVec a, TVec b, TVec x, TVec y);

    /// <summary>2ⁿ for t = 1.5·2²³ + n, with n a whole number from −126 to 127; 0 for −127; 1 where t is not finite or NaN.</summary>
    static abstract TVec PowerOfTwo(TVec t);

    /// <summary>0, 1, 2, …</summary>
    static abstract TVec Indices { get; }

    /// <summary>The largest lane, as <see cref="Max"/> finds it.</summary>
    static abstract float Largest(TVec a);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TVec a);

    /// <summary>Halves as floats, exactly.</summary>
    static abstract TVec LoadF16(ushort* p);

    /// <summary>Halves that are finite as floats; subnormal ones are 0 in flush-to-zero modes.</summary>
    static abstract TVec LoadFiniteF16(ushort* p);

    static abstract TVec LoadBF16(ushort* p);

    static abstract TVec LoadInt8(sbyte* p);

    /// <summary>The low four bits of each byte, less 8.</summary>
    static abstract TVec LoadLowInt4(byte* p);

    /// <summary>The high four bits of each byte, less 8.</summary>
    static abstract TVec LoadHighInt4(byte* p);
}
