using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// A weight matrix cut for streaming: groups of columns, in each blocks of rows, in each panels as wide as a register tile, in each
/// row after row. A product that takes groups, blocks and panels in this order reads it from beginning to end. Without packed data
/// it stands for its source, whose blocks are copied out as they are needed.
/// </summary>
internal unsafe struct PanelMatrix
{
    public MatrixSource Source;

    /// <summary>Packed elements, or null.</summary>
    public void* Data;

    /// <summary>Packed scales [panels, blocks, panel] in the format of the source's, and zero points as signed bytes or null.</summary>
    public void* Scale;
    public sbyte* Zero;

    /// <summary>Whether halves are packed of which one is infinite or not a number.</summary>
    public bool HasSpecial;

    /// <summary>Columns of a panel.</summary>
    public int Panel;

    /// <summary>Columns in a group, a multiple of <see cref="Panel"/>.</summary>
    public int Group;

    /// <summary>Rows in a block: a panel of them stays in the second-level cache while all rows of tokens pass.</summary>
    public int BlockRows;

    public readonly int Rows => Source.Rows;

    public readonly int Columns => Source.Columns;

    public readonly int PaddedColumns => (Columns + Panel - 1) / Panel * Panel;

    public readonly int Groups => (PaddedColumns + Group - 1) / Group;

    public readonly int RowBlocks => (Rows + BlockRows - 1) / BlockRows;

    /// <summary>Elements with their padding.</summary>
    public readonly long Count => (long)Rows * PaddedColumns;

    /// <summary>Bits of an element as packed.</summary>
    public readonly int Bits => Source.Format.Bits();

    public readonly bool IsDirect => Data is not null && Source.Format == WeightFormat.F32;

    /// <summary>Padded columns of group <paramref name="group"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int GroupColumns(int group) => Math.Min(Group, PaddedColumns - (group * Group));

    public readonly PanelBlock Block(int group, int rowBlock, int panel)
    {
        int row = rowBlock * BlockRows, rows = Math.Min(BlockRows, Rows - row), first = group * Group;
        long start = ((long)first * Rows) + ((long)row * GroupColumns(group)) + ((long)panel * Panel * rows);
        return new(row, rows, first + (panel * Panel), start);
    }

    /// <summary>Where the scales of a block of rows that share them begin, for the panel at a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly long ScaleAt(int block, int column) => ((long)column * Source.Blocks) + ((long)block * Panel);

    /// <summary>Where a block lies in packed data.</summary>
    public readonly byte* At(in PanelBlock block) => (byte*)Data + (block.Start * Bits / 8);
}

/// <summary>Rows Row .. Row + Rows of the panel that begins at column Column; Start is its first element in packed order.</summary>
internal readonly record struct PanelBlock(int Row, int Rows, int Column, long Start);
