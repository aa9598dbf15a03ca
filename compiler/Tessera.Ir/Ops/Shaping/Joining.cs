using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Concrete tensors joined along an axis.</summary>
internal static class Joining
{
    public static RefTensor Along(RefTensor[] parts, int axis)
    {
        long[] dims = [.. parts[0].Dims];
        dims[axis] = parts.Sum(t => t.Dims[axis]);
        long inner = AxisSizes.After(dims, axis);
        return RefTensor.Select(parts, dims, i =>
        {
            long at = i / inner % dims[axis];
            long outer = i / inner / dims[axis];
            int source = 0;
            while (at >= parts[source].Dims[axis])
            {
                at -= parts[source++].Dims[axis];
            }

            return (source, (int)((((outer * parts[source].Dims[axis]) + at) * inner) + (i % inner)));
        });
    }
}
