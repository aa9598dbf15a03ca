using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Gpu.Devices;

/// <summary>Seeded numbers by a linear congruence: millions of them, where nothing hangs on how good they are.</summary>
internal static class Uniform
{
    /// <summary>As many elements of a float type as fit in so many bytes, uniform in ±spread.</summary>
    public static byte[] Bytes(DType dtype, long bytes, double spread, int seed)
    {
        double[] values = new double[bytes * 8 / dtype.Bits()];
        uint state = ((uint)seed * 2654435761) + 1;
        foreach (ref double value in values.AsSpan())
        {
            state = (state * 1664525) + 1013904223;
            value = (((state >> 8) / 8388608.0) - 1) * spread;
        }

        return RefTensors.ToBytes(RefTensor.Floats(dtype, [values.Length], values));
    }
}
