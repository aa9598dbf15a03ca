using Tessera.Kernels.Cuda.Driver;

namespace Tessera.Kernels.Cuda;

/// <summary>The devices that are in use, each opened once a process.</summary>
internal sealed class CudaPlatform(CudaLibrary library)
{
    private static readonly Lazy<CudaPlatform?> s_installed = new(static () => CudaLibrary.Installed is { } library ? new(library) : null);
    private readonly Dictionary<int, CudaDevice> _devices = [];

    /// <summary>That of this machine's driver.</summary>
    /// <exception cref="TesseraKernelException">TSR1400: there is no driver.</exception>
    public static CudaPlatform Installed => s_installed.Value
        ?? throw new TesseraKernelException("TSR1400 There is no CUDA driver here (libcuda.so.1, on Windows nvcuda.dll). Install NVIDIA's driver, or open the session on the CPU.");

    /// <summary>A device by its number. A failure is not kept: the next one who asks tries again.</summary>
    public CudaDevice Device(int ordinal)
    {
        lock (_devices)
        {
            if (!_devices.TryGetValue(ordinal, out CudaDevice? device))
            {
                _devices.Add(ordinal, device = CudaDevice.Open(library, ordinal));
            }

            return device;
        }
    }
}
