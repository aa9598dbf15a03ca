using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Tessera.Kernels.Cuda.Driver;

/// <summary>
/// The CUDA driver's API: the functions that are used here, found in the driver's library at run time. A machine without it has no CUDA,
/// which is no error until somebody asks for a device.
/// </summary>
[SuppressMessage("Design", "CA1051:Do not declare visible instance fields", Justification = "Function pointers are called as fields.")]
internal sealed unsafe class CudaLibrary
{
    /// <summary>CUDA 12.0: the first whose driver loads libraries apart from contexts.</summary>
    public const int OldestDriver = 12000;

    private static readonly Lazy<CudaLibrary?> s_installed = new(static () => TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1"));

    public readonly delegate* unmanaged<uint, int> Init;
    public readonly delegate* unmanaged<int*, int> DriverGetVersion;
    public readonly delegate* unmanaged<int*, int> DeviceGetCount;
    public readonly delegate* unmanaged<int*, int, int> DeviceGet;
    public readonly delegate* unmanaged<int*, int, int, int> DeviceGetAttribute;
    public readonly delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain;
    public readonly delegate* unmanaged<nint, int> CtxPushCurrent;
    public readonly delegate* unmanaged<nint*, int> CtxPopCurrent;
    public readonly delegate* unmanaged<int> CtxSynchronize;
    public readonly delegate* unmanaged<nint*, void*, int*, void**, uint, void*, void*, uint, int> LibraryLoadData;
    public readonly delegate* unmanaged<nint*, nint, byte*, int> LibraryGetKernel;
    public readonly delegate* unmanaged<int, int, nint, int, int> KernelSetAttribute;
    public readonly delegate* unmanaged<nint*, nint, int> KernelGetFunction;
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel;

    private readonly delegate* unmanaged<int, byte**, int> _getErrorName;
    private readonly delegate* unmanaged<int, byte**, int> _getErrorString;

    private CudaLibrary(nint handle)
    {
        Init = (delegate* unmanaged<uint, int>)Find(handle, "cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, int>)Find(handle, "cuDriverGetVersion");
        DeviceGetCount = (delegate* unmanaged<int*, int>)Find(handle, "cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)Find(handle, "cuDeviceGet");
        DeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)Find(handle, "cuDeviceGetAttribute");
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)Find(handle, "cuDevicePrimaryCtxRetain");
        CtxPushCurrent = (delegate* unmanaged<nint, int>)Find(handle, "cuCtxPushCurrent_v2");
        CtxPopCurrent = (delegate* unmanaged<nint*, int>)Find(handle, "cuCtxPopCurrent_v2");
        CtxSynchronize = (delegate* unmanaged<int>)Find(handle, "cuCtxSynchronize");
        LibraryLoadData = (delegate* unmanaged<nint*, void*, int*, void**, uint, void*, void*, uint, int>)Find(handle, "cuLibraryLoadData");
        LibraryGetKernel = (delegate* unmanaged<nint*, nint, byte*, int>)Find(handle, "cuLibraryGetKernel");
        KernelSetAttribute = (delegate* unmanaged<int, int, nint, int, int>)Find(handle, "cuKernelSetAttribute");
        KernelGetFunction = (delegate* unmanaged<nint*, nint, int>)Find(handle, "cuKernelGetFunction");
        LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Find(handle, "cuLaunchKernel");
        _getErrorName = (delegate* unmanaged<int, byte**, int>)Find(handle, "cuGetErrorName");
        _getErrorString = (delegate* unmanaged<int, byte**, int>)Find(handle, "cuGetErrorString");
    }

    /// <summary>The driver of this machine; null where there is none.</summary>
    public static CudaLibrary? Installed => s_installed.Value;

    /// <summary>A driver's library by its file; null where it does not load.</summary>
    /// <exception cref="TesseraKernelException">TSR1402: it is older than what is used here.</exception>
    public static CudaLibrary? TryLoad(string file) => NativeLibrary.TryLoad(file, out nint handle) ? new CudaLibrary(handle) : null;

    /// <summary>Throws what the driver says of a call that failed.</summary>
    /// <param name="status">What the call gave.</param>
    /// <param name="doing">What was being done, with names and shapes.</param>
    /// <param name="log">What the driver's compiler said.</param>
    public void Check(int status, string doing, string log = "")
    {
        if (status != 0)
        {
            throw Error(status, doing, log);
        }
    }

    /// <inheritdoc cref="Check"/>
    public TesseraKernelException Error(int status, string doing, string log = "")
    {
        byte* name = null, text = null;
        _ = _getErrorName(status, &name);
        _ = _getErrorString(status, &text);
        string said = log.Length == 0 ? "" : $" {log.Trim()}";
        return new($"TSR1401 {doing}: the CUDA driver says {Marshal.PtrToStringUTF8((nint)name) ?? "an error without a name"} ({status}): {Marshal.PtrToStringUTF8((nint)text)}.{said}");
    }

    private static nint Find(nint handle, string name) => NativeLibrary.TryGetExport(handle, name, out nint address)
        ? address
        : throw new TesseraKernelException($"TSR1402 The CUDA driver has no {name}: a driver of CUDA {OldestDriver / 1000}.{OldestDriver % 1000 / 10} or newer is needed.");
}
