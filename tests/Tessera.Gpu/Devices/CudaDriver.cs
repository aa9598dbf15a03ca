using System.Runtime.InteropServices;

namespace Tessera.Gpu.Devices;

/// <summary>What is used of the CUDA driver's API to hold memory and to wait; its functions of version 2 take sizes of 64 bits.</summary>
internal sealed unsafe class CudaDriver
{
    private const int NameBytes = 256;

    private readonly nint _library;
    private readonly delegate* unmanaged<int, byte**, int> _errorName;

    private CudaDriver(nint library)
    {
        _library = library;
        _errorName = (delegate* unmanaged<int, byte**, int>)Find("cuGetErrorName");
    }

    /// <exception cref="InvalidOperationException">There is no driver, or it fails.</exception>
    public static CudaDriver Load() => NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out nint library)
        ? new(library)
        : throw new InvalidOperationException("there is no CUDA driver here.");

    /// <summary>Makes the primary context of a device, which ONNX Runtime uses too, that of this thread.</summary>
    public string Enter(int ordinal)
    {
        int device;
        nint context;
        byte* name = stackalloc byte[NameBytes];
        Check(((delegate* unmanaged<uint, int>)Find("cuInit"))(0), "cuInit");
        Check(((delegate* unmanaged<int*, int, int>)Find("cuDeviceGet"))(&device, ordinal), "cuDeviceGet");
        Check(((delegate* unmanaged<byte*, int, int, int>)Find("cuDeviceGetName"))(name, NameBytes, device), "cuDeviceGetName");
        Check(((delegate* unmanaged<nint*, int, int>)Find("cuDevicePrimaryCtxRetain"))(&context, device), "cuDevicePrimaryCtxRetain");
        Check(((delegate* unmanaged<nint, int>)Find("cuCtxSetCurrent"))(context), "cuCtxSetCurrent");
        return Marshal.PtrToStringUTF8((nint)name) ?? "";
    }

    public nint Allocate(long bytes)
    {
        nint address;
        Check(((delegate* unmanaged<nint*, nuint, int>)Find("cuMemAlloc_v2"))(&address, (nuint)Math.Max(bytes, 1)), $"cuMemAlloc of {bytes} bytes");
        return address;
    }

    public void Free(nint address) => Check(((delegate* unmanaged<nint, int>)Find("cuMemFree_v2"))(address), "cuMemFree");

    public void Upload(nint to, void* from, long bytes) => Check(((delegate* unmanaged<nint, void*, nuint, int>)Find("cuMemcpyHtoD_v2"))(to, from, (nuint)bytes), "cuMemcpyHtoD");

    public void Download(void* to, nint from, long bytes) => Check(((delegate* unmanaged<void*, nint, nuint, int>)Find("cuMemcpyDtoH_v2"))(to, from, (nuint)bytes), "cuMemcpyDtoH");

    public void Copy(nint to, nint from, long bytes) => Check(((delegate* unmanaged<nint, nint, nuint, int>)Find("cuMemcpyDtoD_v2"))(to, from, (nuint)bytes), "cuMemcpyDtoD");

    public void Fill(nint at, byte value, long bytes) => Check(((delegate* unmanaged<nint, byte, nuint, int>)Find("cuMemsetD8_v2"))(at, value, (nuint)bytes), "cuMemsetD8");

    public void Synchronize() => Check(((delegate* unmanaged<int>)Find("cuCtxSynchronize"))(), "cuCtxSynchronize");

    private nint Find(string name) => NativeLibrary.TryGetExport(_library, name, out nint address)
        ? address
        : throw new InvalidOperationException($"the CUDA driver has no {name}.");

    // What a kernel did wrong is told by the next call that waits for it.
    private void Check(int status, string call)
    {
        if (status != 0)
        {
            byte* name = null;
            _ = _errorName(status, &name);
            throw new InvalidOperationException($"{call}: {Marshal.PtrToStringUTF8((nint)name) ?? "an error without a name"} ({status})");
        }
    }
}
