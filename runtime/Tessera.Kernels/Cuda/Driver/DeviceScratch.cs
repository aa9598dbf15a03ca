using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda.Driver;

/// <summary>
/// Memory of the device, from ONNX Runtime's arena: for the time of a call, or as long as a kernel lives. That of a call is given back when
/// the last kernel of the call is on the stream: whatever takes it next is put behind.
/// </summary>
internal sealed unsafe class DeviceScratch(KernelInfo info)
{
    private readonly OrtAllocator _allocator = info.Allocator();

    /// <summary>Rents for a call. <code>using DeviceScratch.Rented memory = scratch.Rent(context, layout.Bytes);</code></summary>
    public Rented Rent(KernelContext context, long bytes) => new(_allocator, context.Scratch(_allocator, Math.Max(1, bytes)));

    /// <summary>Memory for as long as the kernel lives, which gives it back by <see cref="Return"/>.</summary>
    public void* Keep(long bytes) => _allocator.Allocate(Math.Max(1, bytes));

    public void Return(void* kept) => _allocator.Free(kept);

    public void Release() => _allocator.Release();

    internal readonly ref struct Rented(OrtAllocator allocator, void* memory)
    {
        /// <summary>What lies at an offset that a <see cref="ScratchLayout"/> gave.</summary>
        public void* At(long offset) => (byte*)memory + offset;

        public void Dispose() => allocator.Free(memory);
    }
}

/// <summary>Parts of one piece of memory, one after another, each where any number and any copy of 16 bytes may begin.</summary>
internal struct ScratchLayout
{
    private const int Alignment = 256;

    /// <summary>Of all parts.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a part and tells where it begins.</summary>
    public long Add(long count, int size)
    {
        long offset = Bytes;
        Bytes = checked(offset + (((count * size) + Alignment - 1) / Alignment * Alignment));
        return offset;
    }
}
