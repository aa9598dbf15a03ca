using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>What kernels call element types, and what of a tensor can be checked without reading it.</summary>
internal static class CudaTypes
{
    public static string NameOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => "f32",
        TensorElementType.Double => "f64",
        TensorElementType.Float16 => "f16",
        TensorElementType.BFloat16 => "bf16",
        TensorElementType.Int8 => "i8",
        TensorElementType.Int16 => "i16",
        TensorElementType.Int32 => "i32",
        TensorElementType.Int64 => "i64",
        TensorElementType.UInt8 => "u8",
        TensorElementType.UInt16 => "u16",
        TensorElementType.UInt32 => "u32",
        TensorElementType.UInt64 => "u64",
        _ => throw new TesseraKernelException($"TSR1407 No CUDA kernel is of {type}."),
    };

    /// <summary>Refuses boundaries that are no vector, or none at all. Their numbers are the device's.</summary>
    public static void AreOffsets(string place, TensorView cu)
    {
        if (cu.Rank != 1)
        {
            throw new TesseraKernelException($"TSR1303 {place}: cu_seqlens is {cu.ShapeText()}, of rank {cu.Rank}; expected rank 1.");
        }

        if (cu.Shape[0] == 0)
        {
            throw new TesseraKernelException($"TSR1310 {place}: cu_seqlens is empty; it holds B + 1 boundaries, so at least one 0.");
        }
    }
}
