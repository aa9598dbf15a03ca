namespace Tessera.Ir;

/// <summary>
/// The bytes of a weight, read lazily: little-endian, row-major, densely packed as ONNX raw data.
/// Sources compose (slice, transpose, concat, cast) and are streamed in chunks when a model is written,
/// so that no weight is held in memory twice. A source is safe to read from several threads at once.
/// </summary>
public abstract class WeightSource
{
    /// <summary>Found once: every read checks its range against it, and reads can be of single elements.</summary>
    private long _count = -1;

    public abstract DType DType { get; }

    /// <summary>Sizes of the axes, outermost first; empty for a scalar.</summary>
    public abstract IReadOnlyList<long> Dims { get; }

    /// <summary>Number of elements.</summary>
    public long Count => _count >= 0 ? _count : _count = Dims.Aggregate(1L, static (a, b) => checked(a * b));

    /// <summary>Number of bytes that <see cref="Read"/> can deliver.</summary>
    public long ByteLength => DType.ByteCount(Count);

    /// <summary>Fills <paramref name="destination"/> with the bytes that start at <paramref name="offset"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie inside <c>[0, ByteLength)</c>.</exception>
    public abstract void Read(long offset, Span<byte> destination);

    /// <summary>The check every <see cref="Read"/> starts with.</summary>
    protected void CheckRange(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteLength - destination.Length);
    }
}
