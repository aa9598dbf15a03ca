using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Tessera.Runtime;

namespace Tessera.Gpu.Devices;

/// <summary>The CPU, whose sessions are done when they return.</summary>
internal sealed unsafe class HostDevice : IDevice
{
    private const nuint Alignment = 256;

    public string Name => "CPU";

    public Device Target => Device.Cpu;

    public OrtMemoryInfo MemoryInfo => OrtMemoryInfo.DefaultInstance;

    public nint Allocate(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment);

    public void Free(nint address) => NativeMemory.AlignedFree((void*)address);

    public void Upload(nint to, ReadOnlySpan<byte> from) => from.CopyTo(new Span<byte>((void*)to, from.Length));

    public void Download(Span<byte> to, nint from) => new ReadOnlySpan<byte>((void*)from, to.Length).CopyTo(to);

    public void Copy(nint to, nint from, long bytes) => NativeMemory.Copy((void*)from, (void*)to, (nuint)bytes);

    public void Fill(nint at, byte value, long bytes) => NativeMemory.Fill((void*)at, (nuint)bytes, value);

    public void Synchronize()
    {
    }

    public void Dispose()
    {
    }
}
