using System.Buffers;

namespace Tessera.Ir;

/// <summary>The same weight in another element type, by the rules of <see cref="ElementCast"/>.</summary>
public sealed class CastWeightSource : ElementWeightSource
{
    private readonly WeightSource _source;

    /// <exception cref="TesseraException">TSR0419: one of the two types is not one that casts know.</exception>
    public CastWeightSource(WeightSource source, DType dtype)
    {
        if (!ElementCast.IsSupported(source.DType)) throw ElementCast.Unsupported(source.DType);
        if (!ElementCast.IsSupported(dtype)) throw ElementCast.Unsupported(dtype);
        (_source, DType) = (source, dtype);
    }

    public override DType DType { get; }

    public override IReadOnlyList<long> Dims => _source.Dims;

    /// <inheritdoc/>
    protected override void ReadElements(long first, Span<byte> destination)
    {
        const int Block = 1 << 14;
        var (read, write) = (_source.DType.Bits() / 8, DType.Bits() / 8);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(Block, destination.Length / write) * read);
        while (destination.Length > 0)
        {
            var count = Math.Min(Block, destination.Length / write);
            _source.Read(first * read, buffer.AsSpan(0, count * read));
            ElementCast.Convert(_source.DType, buffer.AsSpan(0, count * read), DType, destination[..(count * write)]);
            destination = destination[(count * write)..];
            first += count;
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }
}
