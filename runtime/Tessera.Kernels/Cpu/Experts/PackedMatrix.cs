using System.Runtime.InteropServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>A weight matrix packed in native memory of its own. Kernels hold it through <see cref="PackedMatrices"/>.</summary>
internal sealed unsafe class PackedMatrix
{
    private const int Alignment = 64;

    private readonly void* _memory;
    private readonly PanelMatrix _matrix;

    /// <param name="matrix">The layout, with its source and without packed data.</param>
    public PackedMatrix(in PanelMatrix matrix)
    {
        _matrix = matrix;
        nuint data = RoundUp(matrix.Count * matrix.Bits / 8), scale = 0, zero = 0;
        if (matrix.Source.Format.IsQuantised())
        {
            long scales = (long)matrix.Source.Blocks * matrix.PaddedColumns;
            scale = RoundUp(scales * matrix.Source.ScaleFormat.Bits() / 8);
            zero = RoundUp(scales);
        }

        byte* memory = (byte*)NativeMemory.AlignedAlloc(data + scale + zero, Alignment);
        _memory = memory;
        _matrix.Data = memory;
        if (zero > 0)
        {
            _matrix.Scale = memory + data;
            sbyte* zeros = (sbyte*)(memory + data + scale);
            _matrix.Zero = MatrixPacker.PackScales(matrix, (byte*)_matrix.Scale, zeros) ? zeros : null;
        }

        foreach (PanelBlock block in new PanelBlocks(matrix))
        {
            MatrixPacker.Pack(matrix, block, _matrix.At(block));
            if (matrix.Source.Format == WeightFormat.F16)
                _matrix.HasSpecial |= MatrixPacker.HasSpecial(new(_matrix.At(block), matrix.Panel * block.Rows));
        }

        Bytes = (long)(data + scale + zero);
        _matrix.Source.Data = _matrix.Source.Scale = _matrix.Source.Zero = null;
    }

    /// <summary>Kernels that hold it.</summary>
    public int Users { get; set; }

    public long Bytes { get; }

    /// <summary>The packed matrix. Its source says what it was, but holds no data.</summary>
    public PanelMatrix View => _matrix;

    /// <summary>Whether packing <paramref name="matrix"/> would give these very bytes.</summary>
    public bool Holds(in PanelMatrix matrix)
    {
        if (!SameLayout(matrix) || !SameScales(matrix))
            return false;
        byte* buffer = (byte*)ThreadScratch.Rent(matrix.BlockRows * (long)matrix.Panel);
        foreach (PanelBlock block in new PanelBlocks(matrix))
        {
            MatrixPacker.Pack(matrix, block, buffer);
            int bytes = matrix.Panel * block.Rows * matrix.Bits / 8;
            if (!new ReadOnlySpan<byte>(buffer, bytes).SequenceEqual(new(_matrix.At(block), bytes)))
                return false;
        }

        return true;
    }

    public void Free() => NativeMemory.AlignedFree(_memory);

    private bool SameLayout(in PanelMatrix other) =>
        _matrix.Panel == other.Panel && _matrix.Group == other.Group && _matrix.BlockRows == other.BlockRows && _matrix.Rows == other.Rows && _matrix.Columns == other.Columns
        && _matrix.Source.Format == other.Source.Format && _matrix.Source.ScaleFormat == other.Source.ScaleFormat
        && _matrix.Source.BlockRows == other.Source.BlockRows;

    private bool SameScales(in PanelMatrix other)
    {
        if (!other.Source.Format.IsQuantised())
            return true;
        int count = other.Source.Blocks * other.PaddedColumns, bytes = count * other.Source.ScaleFormat.Bits() / 8;
        byte* buffer = (byte*)ThreadScratch.Rent((bytes + count + 3) / 4);
        sbyte* zeros = (sbyte*)buffer + bytes;
        bool any = MatrixPacker.PackScales(other, buffer, zeros);
        return new ReadOnlySpan<byte>(buffer, bytes).SequenceEqual(new(_matrix.Scale, bytes))
            && any == (_matrix.Zero is not null)
            && (!any || new ReadOnlySpan<sbyte>(zeros, count).SequenceEqual(new(_matrix.Zero, count)));
    }

    private static nuint RoundUp(long bytes) => checked((nuint)(bytes + Alignment - 1)) & ~(nuint)(Alignment - 1);
}
