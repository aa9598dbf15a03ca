namespace Tessera.Ir.Ops;

/// <summary>How windows lie along one axis of a known size.</summary>
internal readonly record struct PoolAxis(long Size, long Count, long Before, long After, long Stride, long Dilation)
{
    public static PoolAxis Of(PoolOp op, long size, int axis, int spatial)
    {
        (long stride, long dilation) = (At(op.Strides, axis, 1), At(op.Dilations, axis, 1));
        long span = (dilation * (op.Kernel[axis] - 1)) + 1;
        if (op.AutoPad is "SAME_UPPER" or "SAME_LOWER")
        {
            long same = (size + stride - 1) / stride;
            long total = Math.Max(0, ((same - 1) * stride) + span - size);
            long before = op.AutoPad == "SAME_UPPER" ? total / 2 : total - (total / 2);
            return new(size, same, before, total - before, stride, dilation);
        }

        bool padded = op.AutoPad != "VALID";
        (long first, long last) = padded ? (At(op.Pads, axis, 0), At(op.Pads, spatial + axis, 0)) : (0, 0);
        long room = size + first + last - span;
        if (room < 0)
        {
            return new(size, room <= -stride || !op.CeilMode ? (room == -1 && stride == 1 ? 0 : -1) : 1, first, last, stride, dilation);
        }

        long count = (op.CeilMode && padded ? (room + stride - 1) / stride : room / stride) + 1;
        return new(size, op.CeilMode && padded && (count - 1) * stride >= size + first ? count - 1 : count, first, last, stride, dilation);
    }

    public static long At(EquatableArray<long> list, int index, long absent) => list.Count == 0 ? absent : list[index];
}
