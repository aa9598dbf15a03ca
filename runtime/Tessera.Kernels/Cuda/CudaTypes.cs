using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Cuda;

/// <summary>What kernels call element types.</summary>
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
}
