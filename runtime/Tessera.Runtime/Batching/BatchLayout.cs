namespace Tessera.Runtime;

/// <summary>Where an example lies in an output of a batch.</summary>
internal static class BatchLayout
{
    public static Span<T> Row<T>(TensorOutput output, int example, int count)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(example);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(example, count);
        CheckFirstAxis(output, count, "the number of examples");
        var all = output.AsSpan<T>();
        var rowSize = all.Length / count;
        return all.Slice(example * rowSize, rowSize);
    }

    public static void CheckFirstAxis(TensorOutput output, long wanted, string what)
    {
        if (output.Dims.IsEmpty || output.Dims[0] != wanted)
            throw BatchErrors.FirstAxisDiffers(output.Name, output.Dims, wanted, what);
    }
}
