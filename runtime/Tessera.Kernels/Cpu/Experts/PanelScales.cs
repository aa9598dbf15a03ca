using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>Scales and zero points of a panel's columns in f32, for the rows that share them.</summary>
internal readonly unsafe struct PanelScales
{
    /// <summary>[panel] each; Zero is null where all are 0, Scale where weights are no codes.</summary>
    public float* Scale { get; }

    public float* Zero { get; }

    /// <summary>Rows that they hold for, counted from the one asked for.</summary>
    public int Rows { get; }

    /// <param name="matrix">A packed matrix.</param>
    /// <param name="block">A block of it.</param>
    /// <param name="row">A row of the block.</param>
    /// <param name="buffer">Room for two panels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PanelScales(in PanelMatrix matrix, in PanelBlock block, int row, float* buffer)
    {
        Rows = block.Rows - row;
        if (matrix.Scale is null)
            return;
        (int index, int within) = Math.DivRem(block.Row + row, matrix.Source.BlockRows);
        Rows = Math.Min(Rows, matrix.Source.BlockRows - within);
        long first = ((long)index * matrix.PaddedColumns) + block.Column;
        if (matrix.Source.ScaleFormat == WeightFormat.F64)
            Narrow((double*)matrix.Scale + first, buffer, matrix.Panel);
        else
            matrix.Source.ScaleFormat.Storage().Load(matrix.Source.ScaleFormat.Storage().At(matrix.Scale, first), buffer, matrix.Panel);
        Scale = buffer;
        if (matrix.Zero is null)
            return;
        Zero = buffer + matrix.Panel;
        for (int i = 0; i < matrix.Panel; i++)
            Zero[i] = matrix.Zero[first + i];
    }

    private static void Narrow(double* source, float* target, int count)
    {
        for (int i = 0; i < count; i++)
            target[i] = (float)source[i];
    }
}
