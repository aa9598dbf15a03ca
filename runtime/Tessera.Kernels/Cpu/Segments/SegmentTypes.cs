using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Segments;

/// <summary>Element types of the segment ops, and what small problems run on.</summary>
internal static class SegmentTypes
{
    /// <summary>Below this many elements, waking other threads costs more than it saves.</summary>
    private const long SerialElements = 1 << 14;

    public static ImmutableArray<TensorElementType> Floats { get; } =
        [TensorElementType.Float, TensorElementType.Float16, TensorElementType.BFloat16, TensorElementType.Double];

    public static ImmutableArray<TensorElementType> Numbers { get; } =
    [
        .. Floats, TensorElementType.Int32, TensorElementType.Int64, TensorElementType.Int8, TensorElementType.UInt8,
        TensorElementType.Int16, TensorElementType.UInt16, TensorElementType.UInt32, TensorElementType.UInt64,
    ];

    /// <summary>Everything of a whole number of bytes.</summary>
    public static ImmutableArray<TensorElementType> Copyable { get; } = [.. Numbers, TensorElementType.Bool];

    public static int Bytes(TensorElementType type) => type switch
    {
        TensorElementType.Bool or TensorElementType.Int8 or TensorElementType.UInt8 => 1,
        TensorElementType.Float16 or TensorElementType.BFloat16 or TensorElementType.Int16 or TensorElementType.UInt16 => 2,
        TensorElementType.Double or TensorElementType.Int64 or TensorElementType.UInt64 => 8,
        _ => 4,
    };

    public static Storage StorageOf(TensorElementType type) => type switch
    {
        TensorElementType.Float16 => Storage.F16,
        TensorElementType.BFloat16 => Storage.BF16,
        _ => Storage.F32,
    };

    public static bool IsSmall(TensorView x) => x.Count < SerialElements;
}
