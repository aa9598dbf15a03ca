using System.Runtime.InteropServices;

namespace Tessera.Kernels.Cpu;

/// <summary>
/// One native buffer per thread, grown on demand and freed with its thread, so that kernels allocate nothing once
/// warm. What <see cref="Rent"/> returned before is void after the next call on the same thread.
/// </summary>
internal sealed unsafe class ThreadScratch
{
    private const int Alignment = 64;

    [ThreadStatic]
    private static ThreadScratch? s_current;

    private void* _data;
    private nuint _bytes;

    ~ThreadScratch() => NativeMemory.AlignedFree(_data);

    /// <summary>Room for <paramref name="floats"/> floats, on a cache line; its content is undefined.</summary>
    public static float* Rent(long floats)
    {
        ThreadScratch scratch = s_current ??= new();
        nuint bytes = checked((nuint)floats * sizeof(float));
        if (scratch._bytes < bytes)
        {
            NativeMemory.AlignedFree(scratch._data);
            scratch._bytes = 0;
            scratch._data = null;
            scratch._data = NativeMemory.AlignedAlloc(bytes, Alignment);
            scratch._bytes = bytes;
        }

        return (float*)scratch._data;
    }
}
