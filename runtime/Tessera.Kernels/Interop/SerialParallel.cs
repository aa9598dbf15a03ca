namespace Tessera.Kernels.Interop;

/// <summary>Runs everything on the calling thread.</summary>
internal readonly unsafe struct SerialParallel : IParallel
{
    public void For(int total, delegate*<void*, int, void> body, void* state)
    {
        for (int i = 0; i < total; i++)
            body(state, i);
    }
}
