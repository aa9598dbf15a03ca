using System.Runtime.InteropServices;

namespace Tessera.Kernels.Interop;

/// <summary>Runs a body on the intra-op pool of the session that a kernel is called from.</summary>
internal readonly unsafe struct OrtParallel(nint context) : IParallel
{
    public void For(int total, delegate*<void*, int, void> body, void* state)
    {
        if (total <= 1)
        {
            default(SerialParallel).For(total, body, state);
            return;
        }

        Work work = new() { Body = body, State = state };
        OrtApi.Check(OrtApi.KernelContextParallelFor(context, &Step, (nuint)total, 0, &work));
        if (work.Error != 0)
            Rethrow(work.Error);
    }

    [UnmanagedCallersOnly]
    private static void Step(void* user, nuint index)
    {
        Work* work = (Work*)user;
        try
        {
            work->Body(work->State, (int)index);
        }
#pragma warning disable CA1031 // Nothing may cross the native boundary: the first error of any kind is carried over.
        catch (Exception error)
#pragma warning restore CA1031
        {
            GCHandle handle = GCHandle.Alloc(error);
            if (Interlocked.CompareExchange(ref work->Error, GCHandle.ToIntPtr(handle), 0) != 0)
                handle.Free();
        }
    }

    private static void Rethrow(nint error)
    {
        GCHandle handle = GCHandle.FromIntPtr(error);
        Exception exception = (Exception)handle.Target!;
        handle.Free();
        throw new TesseraKernelException(exception is TesseraKernelException ? exception.Message : exception.ToString());
    }

    private struct Work
    {
        public delegate*<void*, int, void> Body;
        public void* State;
        public nint Error;
    }
}
