using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>Copies blocks of a source into the order of a <see cref="PanelMatrix"/>; columns that pad a panel are 0.</summary>
internal static unsafe class MatrixPacker
{
    /// <summary>A block in the source's own width.</summary>
    public static void Pack(in PanelMatrix matrix, in PanelBlock block, byte* target)
    {
        int count = Math.Min(matrix.Panel, matrix.Columns - block.Column);
        nint row = (nint)matrix.Panel * matrix.Bits / 8;
        if (count < matrix.Panel)
            new Span<byte>(target, (int)(row * block.Rows)).Clear();
        for (int k = 0; k < block.Rows; k++, target += row)
        {
            switch (matrix.Bits)
            {
                case 32: matrix.Source.ReadRow(block.Row + k, block.Column, count, (float*)target); break;
                case 16: Words(matrix.Source, block.Row + k, block.Column, count, (ushort*)target); break;
                case 8: Codes(matrix.Source, block.Row + k, block.Column, count, (sbyte*)target); break;
                default: Halves(matrix.Source, block.Row + k, block.Column, count, matrix.Panel / 2, target); break;
            }
        }
    }

    /// <summary>A block as f32, from the source.</summary>
    public static void Read(in PanelMatrix matrix, in PanelBlock block, float* target)
    {
        int count = Math.Min(matrix.Panel, matrix.Columns - block.Column);
        if (count < matrix.Panel)
            new Span<float>(target, matrix.Panel * block.Rows).Clear();
        for (int k = 0; k < block.Rows; k++)
            matrix.Source.ReadRow(block.Row + k, block.Column, count, target + ((nint)k * matrix.Panel));
    }

    /// <summary>Scales [panels, blocks, panel], as stored, and zero points; returns whether any of these is not 0.</summary>
    public static bool PackScales(in PanelMatrix matrix, byte* scales, sbyte* zeros)
    {
        ref readonly MatrixSource source = ref matrix.Source;
        bool any = false;
        int width = source.ScaleFormat.Bits() / 8;
        for (int panel = 0; panel < matrix.PaddedColumns; panel += matrix.Panel)
        {
            for (int block = 0; block < source.Blocks; block++)
            {
                for (int column = panel; column < panel + matrix.Panel; column++, scales += width, zeros++)
                {
                    bool real = column < matrix.Columns;
                    int zero = real ? source.ZeroCode(block, column) : 0;
                    *zeros = (sbyte)zero;
                    any |= zero != 0;
                    new Span<byte>(scales, width).Clear();
                    if (real)
                        Unsafe.CopyBlockUnaligned(scales, source.ScaleAt(block, column), (uint)width);
                }
            }
        }

        return any;
    }

    /// <summary>Whether one of some halves is infinite or not a number.</summary>
    public static bool HasSpecial(ReadOnlySpan<ushort> halves)
    {
        const ushort Exponent = 0x7C00;
        foreach (ushort half in halves)
        {
            if ((half & Exponent) == Exponent)
                return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Words(in MatrixSource source, int row, int column, int count, ushort* target)
    {
        if (source.Step == 1)
        {
            Unsafe.CopyBlockUnaligned(target, source.WordsAt(row, column), (uint)count * sizeof(ushort));
            return;
        }

        for (int i = 0; i < count; i++)
            target[i] = *source.WordsAt(row, column + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Codes(in MatrixSource source, int row, int column, int count, sbyte* target)
    {
        byte* codes = source.CodesAt(row, column);
        if (codes is not null)
        {
            // An unsigned code less 128 is its byte with the highest bit turned.
            int turned = source.Format == WeightFormat.UInt8 ? 0x80 : 0;
            for (int i = 0; i < count; i++)
                target[i] = (sbyte)(codes[i] ^ turned);
            return;
        }

        for (int i = 0; i < count; i++)
            target[i] = (sbyte)source.Code(row, column + i);
    }

    /// <summary>
    /// Codes from 0 to 15; the first half of a panel in the low halves of its bytes, so that a vector is unpacked by one step.
    /// What pads a panel is code 8, which stands for 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Halves(in MatrixSource source, int row, int column, int count, int half, byte* target)
    {
        byte* codes = source.CodesAt(row, column);
        if (codes is not null && count == 2 * half)
        {
            WholeHalves(codes, half, source.Format == WeightFormat.Int4 ? 0x88 : 0, target);
            return;
        }

        for (int i = 0; i < half; i++)
        {
            int low = i < count ? source.Code(row, column + i) + 8 : 8;
            int high = half + i < count ? source.Code(row, column + half + i) + 8 : 8;
            target[i] = (byte)(low | (high << 4));
        }
    }

    /// <summary>The same of a whole panel. A signed code and 8 are its four bits with the highest of them turned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WholeHalves(byte* first, int half, int turned, byte* target)
    {
        byte* second = first + (half / 2);
        for (int i = 0; i < half / 2; i++, target += 2)
        {
            target[0] = (byte)(((first[i] & 0xF) | (second[i] << 4)) ^ turned);
            target[1] = (byte)(((first[i] >> 4) | (second[i] & 0xF0)) ^ turned);
        }
    }
}
