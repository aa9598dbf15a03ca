namespace Tessera.Ir;

/// <summary>Arithmetic on the sizes of weights, and the checks that sources share.</summary>
internal static class WeightDims
{
    public static long Product(IEnumerable<long> dims) => dims.Aggregate(1L, static (a, b) => checked(a * b));

    public static string Text(DType dtype, IEnumerable<long> dims) => $"{dtype.Text()}[{string.Join(", ", dims)}]";

    public static string Text(WeightSource source) => Text(source.DType, source.Dims);

    /// <summary>A private copy of <paramref name="dims"/> once they are known to be sizes of a dense tensor.</summary>
    public static long[] Checked(DType dtype, IReadOnlyList<long> dims)
    {
        long[] copy = [.. dims];
        if (dtype.Bits() == 0)
            throw new TesseraException("TSR0411", "", $"a weight cannot be of type {dtype.Text()}, whose elements have no fixed size.");
        if (Array.Exists(copy, static d => d < 0))
            throw new TesseraException("TSR0412", "", $"a weight {Text(dtype, copy)} has a negative size.");
        try
        {
            // Counted as if no size were 0, so that later products of some of the sizes cannot overflow either.
            _ = dtype.ByteCount(Product(copy.Select(static d => Math.Max(d, 1))));
        }
        catch (OverflowException error)
        {
            throw new TesseraException("TSR0412", "", $"a weight {Text(dtype, copy)} has more bytes than 64 bits can count.", inner: error);
        }

        return copy;
    }

    /// <summary>Bytes of one element; elements that share bytes cannot be moved one by one.</summary>
    public static int ElementBytes(DType dtype, string operation) => dtype.Bits() switch
    {
        >= 8 and var bits => bits / 8,
        var bits => throw new TesseraException("TSR0413", "", $"{operation} needs elements of whole bytes; {dtype.Text()} has {bits} bits.",
            "Unpack the weight to 8 bits first."),
    };

    public static int Axis(WeightSource source, int axis)
    {
        var rank = source.Dims.Count;
        var positive = axis < 0 ? axis + rank : axis;
        return positive >= 0 && positive < rank
            ? positive
            : throw new TesseraException("TSR0414", "", $"axis {axis} does not exist in weight {Text(source)}.", $"It must lie in [{-rank}, {rank - 1}].");
    }
}
