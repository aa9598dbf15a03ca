using System.Buffers;

namespace Tessera.Ir;

/// <summary>
/// Numbers of 4 or 8 bits that lie column after column, each column beginning with a byte of its own and its first number in the low
/// bits, as a row-major matrix: how <c>com.microsoft</c> keeps quantised weights, as ONNX takes them; or the transpose of a matrix.
/// </summary>
public sealed class PackedColumnsWeightSource : WeightSource
{
    private readonly WeightSource _source;
    private readonly long[] _dims;
    private readonly long _start;
    private readonly long _stride;
    private readonly int _bits;
    private readonly int _flip;

    /// <param name="source">Numbers of the type, or bytes that hold them.</param>
    /// <param name="dtype">Numbers of it as they stand; where they are made of bytes, i4 or i8 with half of the range taken off each.</param>
    /// <param name="dims">Rows and columns of the result.</param>
    /// <param name="start">Byte at which the first column begins.</param>
    /// <param name="stride">Bytes from one column to the next.</param>
    /// <exception cref="TesseraException">TSR0411: another type. TSR0417: columns leave the bytes.</exception>
    public PackedColumnsWeightSource(WeightSource source, DType dtype, IReadOnlyList<long> dims, long start, long stride)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (dtype is not (DType.U4 or DType.U8 or DType.I4 or DType.I8) || (source.DType != DType.U8 && source.DType != dtype))
        {
            throw new TesseraException("TSR0411", "", $"columns of {dtype.Text()} are not read from {source.DType.Text()}.");
        }

        _dims = WeightDims.Checked(dtype, dims);
        (_source, DType, _start, _stride, _bits) = (source, dtype, start, stride, dtype.Bits());
        _flip = dtype is DType.I4 or DType.I8 && source.DType != dtype ? 1 << (_bits - 1) : 0;
        long column = dtype.ByteCount(_dims.Length == 2 ? _dims[0] : -1);
        if (_dims.Length != 2 || start < 0 || stride < column || (Count > 0 && start + ((_dims[1] - 1) * stride) + column > source.ByteLength))
        {
            throw new TesseraException("TSR0417", "", $"columns of {WeightDims.Text(this)}, {stride} bytes apart from byte {start} on, leave weight {WeightDims.Text(source)}.");
        }
    }

    public override DType DType { get; }

    public override IReadOnlyList<long> Dims => _dims;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination);
        if (destination.IsEmpty)
        {
            return;
        }

        destination.Clear();
        long first = offset * 8 / _bits;
        long end = Math.Min(Count, first + (destination.Length * 8L / _bits));
        long columns = _dims[1];
        (long top, long bottom) = (first / columns, (end - 1) / columns);
        (long left, long right) = top == bottom ? (first % columns, (end - 1) % columns) : (0, columns - 1);
        long from = top * _bits / 8;
        int length = (int)((((bottom + 1) * _bits) + 7) / 8 - from);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        for (long column = left; column <= right; column++)
        {
            _source.Read(_start + (column * _stride) + from, buffer.AsSpan(0, length));
            long row = (top * columns) + column >= first ? top : top + 1;
            for (long at = (row * columns) + column; at < end; at += columns, row++)
            {
                Put(destination, at - first, Code(buffer, row - (from * 8 / _bits)));
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private int Code(byte[] bytes, long index) => _bits == 8
        ? bytes[index] ^ _flip
        : ((bytes[index / 2] >> (int)(index % 2 * 4)) & 15) ^ _flip;

    private void Put(Span<byte> bytes, long index, int code)
    {
        if (_bits == 8)
        {
            bytes[(int)index] = (byte)code;
        }
        else
        {
            bytes[(int)(index / 2)] |= (byte)(code << (int)(index % 2 * 4));
        }
    }
}
