namespace Tessera.Kernels.Cpu.Experts;

/// <summary>How the elements of a weight matrix lie in memory. Four-bit ones are two to a byte, the first in the low half.</summary>
internal enum WeightFormat
{
    F32,
    F16,
    BF16,
    Int8,
    UInt8,
    Int4,
    UInt4,
    F64,
}

/// <summary>Facts of each format.</summary>
internal static class WeightFormats
{
    public static int Bits(this WeightFormat format) => format switch
    {
        WeightFormat.F64 => 64,
        WeightFormat.F32 => 32,
        WeightFormat.F16 or WeightFormat.BF16 => 16,
        WeightFormat.Int8 or WeightFormat.UInt8 => 8,
        _ => 4,
    };

    /// <summary>Whether elements are codes that a scale turns into numbers.</summary>
    public static bool IsQuantised(this WeightFormat format) => format.Bits() <= 8;

    /// <summary>What is taken from a code as stored, so that it and its zero point fit signed bytes: half the range of unsigned ones.</summary>
    public static int Offset(this WeightFormat format) => format switch
    {
        WeightFormat.UInt8 => 128,
        WeightFormat.UInt4 => 8,
        _ => 0,
    };

    public static Storage Storage(this WeightFormat format) => format switch
    {
        WeightFormat.F16 => Cpu.Storage.F16,
        WeightFormat.BF16 => Cpu.Storage.BF16,
        _ => Cpu.Storage.F32,
    };
}
