using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda.Driver;

/// <summary>A loaded kernel of one struct of arguments. Immutable: any number of threads launch it at once.</summary>
internal sealed unsafe class CudaKernel(CudaDevice device, nint function, string name, uint sharedBytes)
{
    /// <summary>The largest grid along its first axis.</summary>
    public const int MostBlocks = int.MaxValue;

    /// <summary>Puts it on a stream and does not wait. The arguments are copied before it returns.</summary>
    /// <param name="stream">ONNX Runtime's.</param>
    /// <param name="blocks">Of the grid, which has one axis.</param>
    /// <param name="threads">Of a block.</param>
    /// <param name="arguments">What the kernel's only parameter is, field by field.</param>
    /// <param name="place">Op and node, for errors.</param>
    /// <param name="x">The main operand, for errors.</param>
    /// <param name="shared">Shared memory of a block, where it is less than was prepared for.</param>
    public void Launch<TArguments>(nint stream, int blocks, int threads, in TArguments arguments, string place, TensorView x, int? shared = null)
        where TArguments : unmanaged
    {
        CudaLibrary driver = device.Library;
        fixed (TArguments* first = &arguments)
        {
            void* parameter = first;
            int status = driver.LaunchKernel(function, (uint)blocks, 1, 1, (uint)threads, 1, 1, (uint?)shared ?? sharedBytes, stream, &parameter, null);
            if (status != 0)
            {
                throw driver.Error(status, $"{place} of {x.Type} {x.ShapeText()}: launching {name} with {blocks} blocks of {threads} threads");
            }
        }
    }
}
