using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Ir;

namespace Tessera.Gpu.Devices;

/// <summary>A tensor in a device's memory between two guards, which show whoever writes beside it.</summary>
internal sealed class DeviceTensor : IDisposable
{
    private const int GuardBytes = 4096;
    private const byte GuardPattern = 0xA5;
    private const long ChunkBytes = 1 << 21;

    private readonly IDevice _device;
    private readonly nint _memory;
    private readonly long _bytes;

    public DeviceTensor(IDevice device, DType dtype, IReadOnlyList<long> dims)
    {
        (_device, DType, Dims) = (device, dtype, [.. dims]);
        _bytes = dtype.ByteCount(Dims.Aggregate(1L, static (a, b) => a * b));
        _memory = device.Allocate(_bytes + (2 * GuardBytes));
        device.Fill(_memory, GuardPattern, GuardBytes);
        device.Fill(Address + (nint)_bytes, GuardPattern, GuardBytes);
        Value = OrtValue.CreateTensorValueWithData(device.MemoryInfo, (TensorElementType)(int)dtype, Dims, Address, _bytes);
    }

    public DType DType { get; }

    public long[] Dims { get; }

    public OrtValue Value { get; }

    public long Bytes => _bytes;

    private nint Address => _memory + GuardBytes;

    /// <summary>One that holds given bytes.</summary>
    public static DeviceTensor Of(IDevice device, DType dtype, IReadOnlyList<long> dims, ReadOnlySpan<byte> bytes)
    {
        DeviceTensor tensor = new(device, dtype, dims);
        if (bytes.Length > 0)
        {
            device.Upload(tensor.Address, bytes);
        }

        return tensor;
    }

    /// <summary>Uniform numbers in ±spread; large ones repeat what their first 2 MiB are.</summary>
    public static DeviceTensor Random(IDevice device, DType dtype, IReadOnlyList<long> dims, double spread, int seed)
    {
        DeviceTensor tensor = new(device, dtype, dims);
        byte[] chunk = Uniform.Bytes(dtype, Math.Min(tensor._bytes, ChunkBytes), spread, seed);
        if (chunk.Length > 0)
        {
            device.Upload(tensor.Address, chunk);
        }

        for (long done = chunk.Length; done < tensor._bytes; done *= 2)
        {
            device.Copy(tensor.Address + (nint)done, tensor.Address, Math.Min(done, tensor._bytes - done));
        }

        return tensor;
    }

    /// <summary>Makes every element what no kernel gives: NaN, or a whole number that is no index of anything.</summary>
    public void Poison() => _device.Fill(Address, DType.IsFloat() ? (byte)0xFF : (byte)0x5A, _bytes);

    public byte[] Download()
    {
        byte[] bytes = new byte[_bytes];
        if (bytes.Length > 0)
        {
            _device.Download(bytes, Address);
        }

        return bytes;
    }

    /// <summary>Whether nobody wrote beside it.</summary>
    public bool GuardsHold()
    {
        byte[] guards = new byte[2 * GuardBytes];
        _device.Download(guards.AsSpan(0, GuardBytes), _memory);
        _device.Download(guards.AsSpan(GuardBytes), Address + (nint)_bytes);
        return !guards.AsSpan().ContainsAnyExcept(GuardPattern);
    }

    public void Dispose()
    {
        Value.Dispose();
        _device.Free(_memory);
    }
}
