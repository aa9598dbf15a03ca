namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// A weight matrix [in, out] as its node has it, row by row; columns First, First + Step, … are those meant, since a gate may be
/// interleaved with what it gates. Quantised: w = (q − zero) · scale, with scale and zero for each column of each block of rows.
/// </summary>
internal unsafe struct MatrixSource
{
    public WeightFormat Format;
    public void* Data;

    /// <summary>[blocks, stored columns], or null where elements are numbers.</summary>
    public void* Scale;
    public WeightFormat ScaleFormat;

    /// <summary>As <see cref="Scale"/>, in the format of the codes; null for 0.</summary>
    public void* Zero;

    /// <summary>Rows that share a scale.</summary>
    public int BlockRows;

    /// <summary>in.</summary>
    public int Rows;

    /// <summary>Columns as stored.</summary>
    public int Stride;
    public int First;
    public int Step;

    /// <summary>out: columns meant.</summary>
    public int Columns;

    public readonly int Blocks => (Rows + BlockRows - 1) / BlockRows;

    /// <summary>The place of an element among those stored.</summary>
    private readonly long Index(int row, int column) => ((long)row * Stride) + First + ((long)column * Step);

    /// <summary>Part of a row as f32.</summary>
    public readonly void ReadRow(int row, int column, int count, float* target)
    {
        if (Step == 1 && Format.Bits() is 16 or 32)
        {
            Format.Storage().Load(Format.Storage().At(Data, Index(row, column)), target, count);
            return;
        }

        if (Format == WeightFormat.F32)
        {
            float* source = (float*)Data + Index(row, column);
            for (int i = 0; i < count; i++, source += Step)
                target[i] = *source;
            return;
        }

        for (int i = 0; i < count; i++)
            target[i] = Read(row, column + i);
    }

    /// <summary>An element in f32, as DequantizeLinear has it: the difference is exact, the product is rounded.</summary>
    private readonly float Read(int row, int column) =>
        Format.IsQuantised() ? (Code(row, column) - ZeroCode(row / BlockRows, column)) * ReadScale(row / BlockRows, column)
        : Format == WeightFormat.F64 ? (float)((double*)Data)[Index(row, column)]
        : Format.Storage().Read(Data, Index(row, column));

    /// <summary>An element in f64.</summary>
    public readonly double ReadDouble(int row, int column) =>
        Format == WeightFormat.F64 ? ((double*)Data)[Index(row, column)]
        : Format.IsQuantised() && ScaleFormat == WeightFormat.F64
            ? (Code(row, column) - ZeroCode(row / BlockRows, column)) * ((double*)Scale)[Index(row / BlockRows, column)]
            : Read(row, column);

    /// <summary>Where elements of 16 bits begin.</summary>
    public readonly ushort* WordsAt(int row, int column) => (ushort*)Data + Index(row, column);

    /// <summary>Where codes begin that follow each other from a whole byte on; null where they do not.</summary>
    public readonly byte* CodesAt(int row, int column)
    {
        long bits = Index(row, column) * Format.Bits();
        return Step == 1 && bits % 8 == 0 ? (byte*)Data + (bits / 8) : null;
    }

    /// <summary>A code as a signed number, less the format's offset.</summary>
    public readonly int Code(int row, int column) => CodeAt(Data, Index(row, column));

    /// <summary>A zero point, less the format's offset.</summary>
    public readonly int ZeroCode(int block, int column) => Zero is null ? -Format.Offset() : CodeAt(Zero, Index(block, column));

    /// <summary>Where a scale is stored.</summary>
    public readonly void* ScaleAt(int block, int column) => (byte*)Scale + (Index(block, column) * ScaleFormat.Bits() / 8);

    private readonly float ReadScale(int block, int column) =>
        ScaleFormat == WeightFormat.F64 ? (float)((double*)Scale)[Index(block, column)] : ScaleFormat.Storage().Read(Scale, Index(block, column));

    private readonly int CodeAt(void* data, long index)
    {
        int half = (((byte*)data)[index >> 1] >> ((int)(index & 1) * 4)) & 0xF;
        return Format switch
        {
            WeightFormat.Int8 => ((sbyte*)data)[index],
            WeightFormat.UInt8 => ((byte*)data)[index] - 128,
            WeightFormat.Int4 => (half ^ 8) - 8,
            _ => half - 8,
        };
    }
}
