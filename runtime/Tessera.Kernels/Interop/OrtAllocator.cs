using System.Runtime.InteropServices;

namespace Tessera.Kernels.Interop;

/// <summary>One of ONNX Runtime's allocators.</summary>
internal readonly unsafe struct OrtAllocator(nint handle)
{
    /// <summary>What memory it allocates, as ONNX Runtime describes it.</summary>
    public nint Info => ((Table*)handle)->Info(handle);

    /// <summary>Memory, of a multiple of 16 on the CPU and of 256 on a GPU.</summary>
    public void* Allocate(long bytes)
    {
        void* memory = ((Table*)handle)->Allocate(handle, checked((nuint)bytes));
        return memory is not null ? memory : throw new TesseraKernelException($"TSR1408 ONNX Runtime has no {bytes} bytes of memory left where the node runs.");
    }

    public void Free(void* memory) => ((Table*)handle)->Free(handle, memory);

    /// <summary>Gives back the allocator itself.</summary>
    public void Release() => OrtApi.ReleaseAllocator(handle);

    /// <summary>The beginning of <c>struct OrtAllocator</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Table
    {
        public uint Version;
        public delegate* unmanaged<nint, nuint, void*> Allocate;
        public delegate* unmanaged<nint, void*, void> Free;
        public delegate* unmanaged<nint, nint> Info;
    }
}
