using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Segments;

/// <summary>x[T, R] (R: all trailing axes as one) cut into segments by cu[B + 1]. Unmanaged, so that threads share it by address.</summary>
internal unsafe struct SegmentProblem
{
    /// <summary>Columns that one work item takes: rows of it fit the first-level cache several times.</summary>
    public const int BlockColumns = 256;

    public Storage Storage;
    public SegmentReduction Reduction;
    public void* X;
    public void* Output;
    public int* Cu;

    /// <summary>B.</summary>
    public int Segments;

    /// <summary>R.</summary>
    public long Columns;

    /// <summary>Work items: a block of columns of one segment each.</summary>
    public readonly int Items => checked((int)(Segments * ColumnBlocks));

    private readonly long ColumnBlocks => (Columns + BlockColumns - 1) / BlockColumns;

    public readonly SegmentItem this[int index]
    {
        get
        {
            (long segment, long block) = Math.DivRem(index, ColumnBlocks);
            long first = block * BlockColumns;
            return new((int)segment, Cu[segment], Cu[segment + 1], first, (int)Math.Min(Columns - first, BlockColumns));
        }
    }

    /// <summary>Checks the boundaries and reads the sizes; the output is still to be set.</summary>
    public static SegmentProblem Create(string place, TensorView x, TensorView cu, long leading)
    {
        CuSeqlens.Check(cu, leading, place, "cu_seqlens");
        long columns = 1;
        foreach (long d in x.Shape[1..])
            columns *= d;
        return new() { X = x.Data, Cu = (int*)cu.Data, Segments = (int)cu.Shape[0] - 1, Columns = columns };
    }

    /// <summary>Refuses a scalar, which has no axis to cut.</summary>
    public static void HasLeadingAxis(string place, TensorView x)
    {
        if (x.Rank == 0)
            throw new TesseraKernelException($"TSR1303 {place}: x is a scalar; it needs a leading axis.");
    }
}
