using System.Collections.Frozen;

namespace Tessera.Ir;

/// <summary>Names, sizes and kinds of the element types.</summary>
public static class DTypes
{
    private static readonly FrozenDictionary<string, DType> s_byName =
        Enum.GetValues<DType>().ToFrozenDictionary(static t => t.Text());

    /// <summary>The short lower-case name used by the text form and in errors: <c>f32</c>, <c>bf16</c>, <c>i64</c> ...</summary>
    public static string Text(this DType type)
    {
#pragma warning disable CA1308 // the text form is lower case by definition
        return type.ToString().ToLowerInvariant();
#pragma warning restore CA1308
    }

    /// <summary>The inverse of <see cref="Text"/>.</summary>
    public static bool TryParse(string text, out DType type) => s_byName.TryGetValue(text, out type);

    /// <summary>Bits one element takes in dense storage; 0 for strings, whose size varies.</summary>
    public static int Bits(this DType type) => type switch
    {
        DType.U2 or DType.I2 => 2,
        DType.U4 or DType.I4 or DType.F4E2M1 => 4,
        DType.U8 or DType.I8 or DType.Bool or DType.F8E4M3FN or DType.F8E4M3FNUZ or DType.F8E5M2
            or DType.F8E5M2FNUZ or DType.F8E8M0 => 8,
        DType.U16 or DType.I16 or DType.F16 or DType.BF16 => 16,
        DType.F32 or DType.I32 or DType.U32 => 32,
        DType.F64 or DType.I64 or DType.U64 or DType.C64 => 64,
        DType.C128 => 128,
        _ => 0,
    };

    /// <summary>Version of <c>ai.onnx</c> from which on ops may have results of the type: 7, the oldest that is written, for all but narrow ones.</summary>
    public static int Since(this DType type) => type switch
    {
        DType.F8E4M3FN or DType.F8E4M3FNUZ or DType.F8E5M2 or DType.F8E5M2FNUZ => 19,
        DType.U4 or DType.I4 => 21,
        DType.F4E2M1 => 23,
        DType.F8E8M0 => 24,
        DType.U2 or DType.I2 => 25,
        _ => 7,
    };

    /// <summary>Bytes that <paramref name="count"/> densely stored elements take; sub-byte elements share bytes.</summary>
    public static long ByteCount(this DType type, long count) => checked((count * type.Bits() + 7) / 8);

    /// <summary>Real floating-point types of any width.</summary>
    public static bool IsFloat(this DType type) => type is DType.F32 or DType.F16 or DType.BF16 or DType.F64
        or DType.F8E4M3FN or DType.F8E4M3FNUZ or DType.F8E5M2 or DType.F8E5M2FNUZ or DType.F8E8M0 or DType.F4E2M1;

    /// <summary>Signed and unsigned integers of any width; not bool.</summary>
    public static bool IsInteger(this DType type) => type is DType.U8 or DType.I8 or DType.U16 or DType.I16
        or DType.I32 or DType.I64 or DType.U32 or DType.U64 or DType.U4 or DType.I4 or DType.U2 or DType.I2;
}
