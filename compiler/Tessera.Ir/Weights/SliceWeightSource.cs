namespace Tessera.Ir;

/// <summary><c>length</c> consecutive indices of one axis, from <c>start</c>; along the outermost axis a plain byte range.</summary>
public sealed class SliceWeightSource : WeightSource
{
    private readonly WeightSource _source;
    private readonly long[] _dims;
    private readonly long _sourceRow;
    private readonly long _row;
    private readonly long _first;

    /// <exception cref="TesseraException">TSR0417: the range leaves the axis. TSR0413: it would cut a byte in two.</exception>
    public SliceWeightSource(WeightSource source, int axis, long start, long length)
    {
        axis = WeightDims.Axis(source, axis);
        var size = source.Dims[axis];
        if (start < 0 || length < 0 || start > size - length)
        {
            throw new TesseraException("TSR0417", "",
                $"indices {start} to {start + length} leave axis {axis} of weight {WeightDims.Text(source)}, whose size is {size}.");
        }

        _source = source;
        _dims = [.. source.Dims];
        _dims[axis] = length;

        // Elements that share bytes can be cut only where a byte ends, or where the whole weight does.
        var inner = WeightDims.Product(source.Dims.Skip(axis + 1)) * source.DType.Bits();
        var rows = WeightDims.Product(source.Dims.Take(axis));
        var whole = (start * inner) % 8 == 0
            && (rows > 1 ? (size * inner) % 8 == 0 && (length * inner) % 8 == 0 : (length * inner) % 8 == 0 || start + length == size);
        if (!whole) _ = WeightDims.ElementBytes(source.DType, "a slice that cuts a byte");
        _sourceRow = size * inner / 8;
        _first = start * inner / 8;
        _row = rows > 1 ? length * inner / 8 : ByteLength;
    }

    public override DType DType => _source.DType;

    public override IReadOnlyList<long> Dims => _dims;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination);
        while (destination.Length > 0)
        {
            var (row, within) = Math.DivRem(offset, _row);
            var part = (int)Math.Min(destination.Length, _row - within);
            _source.Read((row * _sourceRow) + _first + within, destination[..part]);
            destination = destination[part..];
            offset += part;
        }
    }
}
