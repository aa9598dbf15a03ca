namespace Tessera.Kernels.Cpu.Attention;

/// <summary>The left operand of a register tile: rows of scalars that are broadcast, wherever they lie.</summary>
internal readonly unsafe struct TileStep(float* a, nint aRow, nint aColumn, nint depth, nint stride)
{
    /// <summary>Element [0, 0].</summary>
    public readonly float* A = a;

    /// <summary>From one row to the next, in floats.</summary>
    public readonly nint ARow = aRow;

    /// <summary>From one step of the sum to the next, in floats.</summary>
    public readonly nint AColumn = aColumn;

    /// <summary>Length of the sum.</summary>
    public readonly nint Depth = depth;

    /// <summary>Lanes in a row of the right operand and of the result.</summary>
    public readonly nint Stride = stride;

    public TileStep Down(nint rows) => new(A + (rows * ARow), ARow, AColumn, Depth, Stride);
}
