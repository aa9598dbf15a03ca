using System.Runtime.InteropServices;
using Tessera.Gpu.Devices;
using Tessera.Ir;

namespace Tessera.Gpu.Bench;

/// <summary>The tensors of a case, gone with it.</summary>
internal sealed class Tensors(IDevice device) : IDisposable
{
    private readonly List<DeviceTensor> _all = [];

    public IDevice Device => device;

    public DeviceTensor Random(DType dtype, double spread, params long[] dims) => Own(DeviceTensor.Random(device, dtype, dims, spread, seed: _all.Count + 1));

    public DeviceTensor Empty(DType dtype, params long[] dims)
    {
        DeviceTensor tensor = Own(new(device, dtype, dims));
        tensor.Poison();
        return tensor;
    }

    public DeviceTensor Ints(int[] values, params long[] dims) => Own(DeviceTensor.Of(device, DType.I32, dims.Length == 0 ? [values.Length] : dims, MemoryMarshal.AsBytes<int>(values)));

    public DeviceTensor Of(DType dtype, byte[] bytes, params long[] dims) => Own(DeviceTensor.Of(device, dtype, dims, bytes));

    public void Dispose() => _all.ForEach(static t => t.Dispose());

    private DeviceTensor Own(DeviceTensor tensor)
    {
        _all.Add(tensor);
        return tensor;
    }
}
