using System.Buffers;
using System.Runtime.InteropServices;

namespace Tessera.Ir;

/// <summary>Axes in another order: axis <c>i</c> of this weight is axis <c>perm[i]</c> of its source.</summary>
/// <remarks>
/// The order of elements is first simplified (axes of size 1 dropped, neighbours that stay neighbours merged). Then the
/// axis that is contiguous in the source is read in runs and scattered, so that a large chunk costs few, long reads.
/// </remarks>
public sealed class TransposeWeightSource : ElementWeightSource
{
    private readonly WeightSource _source;
    private readonly long[] _dims;
    private readonly int _elementBytes;

    /// <summary>Sizes and source strides, in elements, of the simplified axes in the order of this weight.</summary>
    private readonly (long Size, long Stride)[] _axes;

    /// <summary>The simplified axis that is contiguous in the source.</summary>
    private readonly int _run;

    /// <summary>Elements of one index of the run axis.</summary>
    private readonly long _inner;

    /// <exception cref="TesseraException">TSR0420: <paramref name="perm"/> is not a permutation of the axes.</exception>
    public TransposeWeightSource(WeightSource source, IReadOnlyList<int> perm)
    {
        var rank = source.Dims.Count;
        if (perm.Count != rank || !perm.Order().SequenceEqual(Enumerable.Range(0, rank)))
        {
            throw new TesseraException("TSR0420", "",
                $"[{string.Join(", ", perm)}] is not a permutation of the {rank} axes of weight {WeightDims.Text(source)}.");
        }

        _source = source;
        _elementBytes = WeightDims.ElementBytes(source.DType, "a transpose");
        _dims = [.. perm.Select(p => source.Dims[p])];
        _axes = Simplify(source.Dims, perm);
        _run = Array.FindIndex(_axes, static a => a.Stride == 1);
        _inner = WeightDims.Product(_axes.Skip(_run + 1).Select(static a => a.Size));
    }

    public override DType DType => _source.DType;

    public override IReadOnlyList<long> Dims => _dims;

    /// <inheritdoc/>
    protected override void ReadElements(long first, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var count = destination.Length / _elementBytes;
            var (row, column) = Math.DivRem(first, _inner);
            var (outer, run) = Math.DivRem(row, _axes[_run].Size);
            var start = SourceOffset(outer, 0, _run) + run;

            // Whole rows of the run axis where possible, else the rest of one row.
            var wholeRows = column == 0 && count >= _inner;
            var rows = wholeRows ? (int)Math.Min(count / _inner, _axes[_run].Size - run) : 1;
            var columns = wholeRows ? (int)_inner : (int)Math.Min(count, _inner - column);
            ReadBlock(start, rows, column, columns, destination);
            destination = destination[(rows * columns * _elementBytes)..];
            first += (long)rows * columns;
        }
    }

    /// <summary>Reads <paramref name="rows"/> contiguous source elements for each column and writes them down that column.</summary>
    private void ReadBlock(long start, int rows, long column, int columns, Span<byte> destination)
    {
        var bytes = rows * _elementBytes;
        if (columns == 1)
        {
            _source.Read((start + SourceOffset(column, _run + 1, _axes.Length)) * _elementBytes, destination[..bytes]);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        for (var i = 0; i < columns; i++)
        {
            var offset = start + SourceOffset(column + i, _run + 1, _axes.Length);
            _source.Read(offset * _elementBytes, buffer.AsSpan(0, bytes));
            Scatter(buffer.AsSpan(0, bytes), destination[(i * _elementBytes)..], columns);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Source offset of a row-major index over the axes <c>[from, to)</c>.</summary>
    private long SourceOffset(long index, int from, int to)
    {
        var offset = 0L;
        for (var axis = to - 1; axis > from; axis--)
        {
            (index, var position) = Math.DivRem(index, _axes[axis].Size);
            offset += position * _axes[axis].Stride;
        }

        return to > from ? offset + (index * _axes[from].Stride) : offset;
    }

    private void Scatter(ReadOnlySpan<byte> values, Span<byte> destination, int stride)
    {
        switch (_elementBytes)
        {
            case 1: Scatter<byte>(values, destination, stride); break;
            case 2: Scatter<ushort>(values, destination, stride); break;
            case 4: Scatter<uint>(values, destination, stride); break;
            case 8: Scatter<ulong>(values, destination, stride); break;
            default: Scatter<UInt128>(values, destination, stride); break;
        }
    }

    private static void Scatter<T>(ReadOnlySpan<byte> values, Span<byte> destination, int stride)
        where T : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, T>(values);
        var to = MemoryMarshal.Cast<byte, T>(destination);
        for (int i = 0, j = 0; i < from.Length; i++, j += stride) to[j] = from[i];
    }

    private static (long Size, long Stride)[] Simplify(IReadOnlyList<long> dims, IReadOnlyList<int> perm)
    {
        var strides = new long[dims.Count];
        var stride = 1L;
        for (var axis = dims.Count - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(dims[axis], 1);
        }

        List<(long Size, long Stride)> axes = [];
        foreach (var axis in perm.Where(p => dims[p] != 1))
        {
            if (axes is [.., var last] && last.Stride == strides[axis] * dims[axis])
                axes[^1] = (last.Size * dims[axis], strides[axis]);
            else
                axes.Add((dims[axis], strides[axis]));
        }

        return axes is [] ? [(1, 1)] : [.. axes];
    }
}
