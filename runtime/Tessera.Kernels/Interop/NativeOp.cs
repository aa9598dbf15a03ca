using System.Runtime.InteropServices;

namespace Tessera.Kernels.Interop;

/// <summary>
/// <c>struct OrtCustomOp</c> of onnxruntime_c_api.h, field by field, then what our callbacks need. Lives in native
/// memory for the life of the process, as ONNX Runtime keeps raw pointers to it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeOp
{
    public uint Version;
    public delegate* unmanaged<NativeOp*, nint, nint, nint> CreateKernel;
    public delegate* unmanaged<NativeOp*, byte*> GetName;
    public delegate* unmanaged<NativeOp*, byte*> GetExecutionProviderType;
    public delegate* unmanaged<NativeOp*, nuint, int> GetInputType;
    public delegate* unmanaged<NativeOp*, nuint> GetInputTypeCount;
    public delegate* unmanaged<NativeOp*, nuint, int> GetOutputType;
    public delegate* unmanaged<NativeOp*, nuint> GetOutputTypeCount;
    public delegate* unmanaged<nint, nint, void> KernelCompute;
    public delegate* unmanaged<nint, void> KernelDestroy;
    public delegate* unmanaged<NativeOp*, nuint, int> GetInputCharacteristic;
    public delegate* unmanaged<NativeOp*, nuint, int> GetOutputCharacteristic;
    public delegate* unmanaged<NativeOp*, nuint, int> GetInputMemoryType;
    public delegate* unmanaged<NativeOp*, int> GetVariadicInputMinArity;
    public delegate* unmanaged<NativeOp*, int> GetVariadicInputHomogeneity;
    public delegate* unmanaged<NativeOp*, int> GetVariadicOutputMinArity;
    public delegate* unmanaged<NativeOp*, int> GetVariadicOutputHomogeneity;
    public delegate* unmanaged<NativeOp*, nint, nint, nint*, nint> CreateKernelV2;
    public delegate* unmanaged<nint, nint, nint> KernelComputeV2;
    public delegate* unmanaged<NativeOp*, nint, nint> InferOutputShape;
    public delegate* unmanaged<NativeOp*, int> GetStartVersion;
    public delegate* unmanaged<NativeOp*, int> GetEndVersion;
    public delegate* unmanaged<int**, int**, nuint> GetMayInplace;
    public delegate* unmanaged<int*, int*, void> ReleaseMayInplace;
    public delegate* unmanaged<int**, int**, nuint> GetAliasMap;
    public delegate* unmanaged<int*, int*, void> ReleaseAliasMap;

    /// <summary>Ours: a handle to the <see cref="OpVariant"/> this struct stands for.</summary>
    public nint Variant;

    /// <summary>Ours: the op's name, UTF-8 and zero-terminated.</summary>
    public byte* Name;

    /// <summary>Ours: the provider's name likewise, or null.</summary>
    public byte* Provider;
}
