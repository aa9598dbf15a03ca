using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>x[R, n] → y[R, n], a sparse top-k of each row. Unmanaged, so that threads share it by address.</summary>
internal unsafe struct SparseTopKProblem
{
    public WeightFormat Format;
    public void* Source;
    public void* Target;
    public long Rows;
    public int Columns;
    public SparseTopKOptions Options;

    /// <summary>Rows that outweigh taking an item.</summary>
    public readonly long RowsPerItem => Math.Max(1, 1024 / Columns);
}

/// <summary>Runs a sparse top-k on all threads, some rows at a time.</summary>
internal static unsafe class SparseTopKKernel
{
    public static void Run<TParallel>(SparseTopKProblem problem, TParallel parallel)
        where TParallel : IParallel =>
        parallel.For(checked((int)((problem.Rows + problem.RowsPerItem - 1) / problem.RowsPerItem)), &Item, &problem);

    private static void Item(void* state, int index)
    {
        ref readonly SparseTopKProblem problem = ref *(SparseTopKProblem*)state;
        long from = index * problem.RowsPerItem, to = Math.Min(from + problem.RowsPerItem, problem.Rows);
        double* row = (double*)ThreadScratch.Rent(2L * problem.Columns);
        for (long r = from; r < to; r++)
        {
            FloatRows.Load(problem.Format, problem.Source, r * problem.Columns, problem.Columns, row);
            SparseTopKRow.Run(problem.Options, row, problem.Columns);
            FloatRows.Save(problem.Format, row, problem.Columns, problem.Target, r * problem.Columns);
        }
    }
}
