using Microsoft.ML.OnnxRuntime;
using Tessera.Runtime;

namespace Tessera.Gpu.Devices;

/// <summary>Memory of a device, in our own hands: what is bound to a run can be poisoned, guarded and looked at.</summary>
internal interface IDevice : IDisposable
{
    /// <summary>What it calls itself.</summary>
    string Name { get; }

    Device Target { get; }

    /// <summary>ONNX Runtime's name of its memory.</summary>
    OrtMemoryInfo MemoryInfo { get; }

    /// <summary>Bytes at an address that is a multiple of 256.</summary>
    nint Allocate(long bytes);

    void Free(nint address);

    void Upload(nint to, ReadOnlySpan<byte> from);

    void Download(Span<byte> to, nint from);

    void Copy(nint to, nint from, long bytes);

    void Fill(nint at, byte value, long bytes);

    /// <summary>Waits for all that was put on any of its streams.</summary>
    void Synchronize();
}
