using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Interop;

/// <summary>A dim that may be a number, a symbol, or unknown (−1 and no symbol).</summary>
internal readonly record struct PartialDim(long Size, string Symbol)
{
    public static PartialDim Unknown { get; } = new(-1, "");
}

/// <summary>An element type with the dims known so far.</summary>
internal sealed record PartialType(TensorElementType Type, PartialDim[] Dims);
