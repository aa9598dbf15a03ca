namespace Tessera.Kernels.Interop;

/// <summary>What runs for one node. Immutable: several runs may be inside <see cref="Compute"/> at once.</summary>
internal abstract class OpKernel
{
    public abstract void Compute(KernelContext context);
}
