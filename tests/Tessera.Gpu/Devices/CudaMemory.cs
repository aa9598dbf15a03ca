using Microsoft.ML.OnnxRuntime;
using Tessera.Runtime;

namespace Tessera.Gpu.Devices;

/// <summary>
/// A CUDA device. ONNX Runtime's streams do not wait for the default one on which copies run, so that each call here waits itself: nothing is
/// still under way when a run begins. All of it is for one thread.
/// </summary>
internal sealed unsafe class CudaMemory : IDevice
{
    private readonly CudaDriver _driver;

    public CudaMemory(Device target)
    {
        Target = target;
        _driver = CudaDriver.Load();
        Name = _driver.Enter(target.Number);
        MemoryInfo = new(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, target.Number, OrtMemType.Default);
    }

    public string Name { get; }

    public Device Target { get; }

    public OrtMemoryInfo MemoryInfo { get; }

    public nint Allocate(long bytes) => _driver.Allocate(bytes);

    public void Free(nint address) => _driver.Free(address);

    public void Upload(nint to, ReadOnlySpan<byte> from)
    {
        fixed (byte* first = from)
        {
            _driver.Upload(to, first, from.Length);
        }

        Synchronize();
    }

    public void Download(Span<byte> to, nint from)
    {
        Synchronize();
        fixed (byte* first = to)
        {
            _driver.Download(first, from, to.Length);
        }
    }

    public void Copy(nint to, nint from, long bytes)
    {
        _driver.Copy(to, from, bytes);
        Synchronize();
    }

    public void Fill(nint at, byte value, long bytes)
    {
        _driver.Fill(at, value, bytes);
        Synchronize();
    }

    public void Synchronize() => _driver.Synchronize();

    public void Dispose() => MemoryInfo.Dispose();
}
