namespace Tessera.Ir;

/// <summary>Several weights joined along one axis; all other sizes and the element types are equal.</summary>
public sealed class ConcatWeightSource : WeightSource
{
    private readonly WeightSource[] _parts;
    private readonly long[] _dims;

    /// <summary>Bytes of one outer index: before each part, and after the last the sum.</summary>
    private readonly long[] _starts;

    /// <exception cref="TesseraException">TSR0418: there is no part, or two do not fit together.</exception>
    public ConcatWeightSource(IReadOnlyList<WeightSource> parts, int axis)
    {
        if (parts is [])
            throw new TesseraException("TSR0418", "", "a concatenation of weights needs at least one part.");
        _parts = [.. parts];
        var first = _parts[0];
        axis = WeightDims.Axis(first, axis);
        foreach (var part in _parts.Skip(1)) CheckFits(first, part, axis);
        _dims = [.. first.Dims];
        _dims[axis] = _parts.Aggregate(0L, (sum, p) => checked(sum + p.Dims[axis]));
        _ = WeightDims.Checked(first.DType, _dims);

        var inner = WeightDims.Product(first.Dims.Skip(axis + 1)) * first.DType.Bits();
        _starts = new long[_parts.Length + 1];
        for (var i = 0; i < _parts.Length; i++)
        {
            var bits = _parts[i].Dims[axis] * inner;
            if (bits % 8 != 0) _ = WeightDims.ElementBytes(first.DType, "a concatenation that cuts a byte");
            _starts[i + 1] = _starts[i] + (bits / 8);
        }
    }

    public override DType DType => _parts[0].DType;

    public override IReadOnlyList<long> Dims => _dims;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination);
        while (destination.Length > 0)
        {
            var (row, within) = Math.DivRem(offset, _starts[^1]);
            var part = Find(within);
            var count = (int)Math.Min(destination.Length, _starts[part + 1] - within);
            var rowBytes = _starts[part + 1] - _starts[part];
            _parts[part].Read((row * rowBytes) + within - _starts[part], destination[..count]);
            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>The last part that starts at or before <paramref name="within"/>: empty parts before it start there too.</summary>
    private int Find(long within)
    {
        var (low, high) = (0, _parts.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_starts[middle] <= within) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    private static void CheckFits(WeightSource first, WeightSource part, int axis)
    {
        var fits = part.DType == first.DType && part.Dims.Count == first.Dims.Count
            && Enumerable.Range(0, first.Dims.Count).All(i => i == axis || part.Dims[i] == first.Dims[i]);
        if (!fits)
        {
            throw new TesseraException("TSR0418", "",
                $"weights {WeightDims.Text(first)} and {WeightDims.Text(part)} cannot be joined along axis {axis}.",
                "Types and all other sizes must be equal.");
        }
    }
}
