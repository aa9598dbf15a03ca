namespace Tessera.Kernels.Interop;

/// <summary>What runs for one node. Immutable: several runs may be inside <see cref="Compute"/> at once.</summary>
internal abstract class OpKernel
{
    public abstract void Compute(KernelContext context);

    /// <summary>Called once, when the session that owns the node ends: gives back what is not the garbage collector's.</summary>
    public virtual void Release()
    {
    }
}
