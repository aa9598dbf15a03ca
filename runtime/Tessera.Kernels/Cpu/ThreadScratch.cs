using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessera.Kernels.Cpu;

/// <summary>
/// Native buffers of a thread, grown on demand and freed with it, so that kernels allocate nothing once warm. What a method
/// returned before is void after its next call on the same thread.
/// </summary>
internal sealed unsafe class ThreadScratch
{
    private const int Alignment = 64, CallBuffers = 4;

    [ThreadStatic]
    private static ThreadScratch? s_current;

    private Buffer _work;
    private Buffers _call;

    ~ThreadScratch()
    {
        _work.Free();
        for (int i = 0; i < CallBuffers; i++)
            _call[i].Free();
    }

    /// <summary>For one item of work: room for <paramref name="floats"/> floats, on a cache line; its content is undefined.</summary>
    public static float* Rent(long floats) => (s_current ??= new())._work.Rent(floats);

    /// <summary>
    /// For a whole call of a kernel, by the thread that makes the call: what items of work rent leaves these alone.
    /// </summary>
    /// <param name="buffer">Which of four.</param>
    /// <param name="floats">Its size.</param>
    public static float* RentForCall(int buffer, long floats) => (s_current ??= new())._call[buffer].Rent(floats);

    [InlineArray(CallBuffers)]
    private struct Buffers
    {
        private Buffer _first;
    }

    private struct Buffer
    {
        private void* _data;
        private nuint _bytes;

        public float* Rent(long floats)
        {
            nuint bytes = checked((nuint)floats * sizeof(float));
            if (_bytes < bytes)
            {
                Free();
                _data = NativeMemory.AlignedAlloc(bytes, Alignment);
                _bytes = bytes;
            }

            return (float*)_data;
        }

        public void Free()
        {
            NativeMemory.AlignedFree(_data);
            _data = null;
            _bytes = 0;
        }
    }
}
