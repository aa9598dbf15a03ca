using Tessera.Kernels.Cuda;
using Tessera.Runtime;

namespace Tessera.Gpu.Devices;

/// <summary>Which ops have kernels for CUDA.</summary>
internal static class CudaKernels
{
    public static bool Has(string op, Device device) =>
        CudaOps.On(CudaPlatform.Installed.Device(device.Number), CudaOps.Provider).Any(o => o.Name == op);
}
