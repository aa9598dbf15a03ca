using Tessera.Kernels.Cuda;

namespace Tessera.Gpu.Models;

/// <summary>A node as ONNX Runtime ran it.</summary>
/// <param name="Name">Its name in the optimised model.</param>
/// <param name="Op">Its type.</param>
/// <param name="Provider">Who ran it.</param>
/// <param name="Inputs">Tensors that it read.</param>
/// <param name="Outputs">Tensors that it wrote.</param>
internal sealed record ProfiledNode(string Name, string Op, string Provider, IReadOnlyList<ProfiledTensor> Inputs, IReadOnlyList<ProfiledTensor> Outputs)
{
    /// <summary>Whether ONNX Runtime put it there to carry a tensor from one memory to another.</summary>
    public bool IsCopy => Op is "MemcpyToHost" or "MemcpyFromHost";

    /// <summary>Whether it ran on the CPU, or nobody says where.</summary>
    public bool IsOnCpu => Provider != CudaOps.Provider;

    public override string ToString() => $"{Op} '{Name}' ({string.Join(", ", Inputs)}) -> ({string.Join(", ", Outputs)})";
}
