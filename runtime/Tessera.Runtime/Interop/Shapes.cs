namespace Tessera.Runtime;

/// <summary>Sizes of tensors, in elements.</summary>
internal static class Shapes
{
    public static string Text(ReadOnlySpan<long> dims) => $"[{string.Join(", ", dims.ToArray())}]";

    /// <summary>The product of the sizes, 1 for a scalar; −1 if it exceeds a 64-bit integer.</summary>
    public static long Count(ReadOnlySpan<long> dims)
    {
        if (dims.Contains(0))
            return 0;
        Int128 product = 1;
        foreach (var size in dims)
        {
            product *= size;
            if (product > long.MaxValue)
                return -1;
        }
        return (long)product;
    }

    /// <summary>Throws TSR0718 on a negative size and TSR0717 unless the sizes hold exactly <paramref name="length"/> elements.</summary>
    public static void Check(string subject, long length, ReadOnlySpan<long> dims)
    {
        foreach (var size in dims)
            if (size < 0)
                throw RuntimeErrors.NegativeSize(subject, dims);
        if (Count(dims) != length)
            throw RuntimeErrors.CountMismatch(subject, length, dims);
    }
}
