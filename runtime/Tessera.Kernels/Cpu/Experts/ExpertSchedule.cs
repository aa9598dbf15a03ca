using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// Cuts a mixture into units, the longest first. Rows of an expert are cut into blocks. A block is one unit while the rest of the
/// work keeps the other threads busy as long; the last ones are cut by hidden columns, so that all threads end together and a
/// single token keeps all of them busy.
/// </summary>
internal readonly unsafe struct ExpertSchedule
{
    /// <summary>Rows in a block: what fits the second-level cache beside the weights.</summary>
    public const int MaxRows = 144;

    /// <summary>Reading a weight takes as long as multiplying it with so many rows.</summary>
    private const int ReadingRows = 16;

    private const int TileRows = 6;

    public readonly ExpertUnit* Units;
    public readonly RowResult* Results;
    public readonly int Count;

    /// <summary>Floats that the results take.</summary>
    public readonly long ResultFloats;

    /// <param name="problem">A checked problem.</param>
    /// <param name="order">Its rows.</param>
    /// <param name="threads">What the units are for.</param>
    /// <param name="resultStride">From one row of results to the next.</param>
    /// <param name="buffer">Of <see cref="Bytes"/> bytes.</param>
    public ExpertSchedule(in ExpertProblem problem, in RowOrder order, int threads, int resultStride, byte* buffer)
    {
        int most = MaxBlocks(problem);
        Results = (RowResult*)buffer;
        Units = (ExpertUnit*)(Results + problem.Assignments);
        long* cost = (long*)(Units + MaxUnits(problem, order));
        ExpertUnit* blocks = (ExpertUnit*)(cost + most);
        long total = 0;
        int count = Blocks(problem, order, blocks, cost, ref total);
        new Span<long>(cost, count).Sort(new Span<ExpertUnit>(blocks, count));
        for (int i = 0; i < count; i++)
        {
            total += cost[i];
            bool whole = total >= (threads - 1) * -cost[i];
            Count += Add(problem.Experts[blocks[i].Expert].Chunks, blocks[i], whole, resultStride, ref ResultFloats, Units + Count, Results);
        }
    }

    public static long Bytes(in ExpertProblem problem, in RowOrder order) =>
        (problem.Assignments * (long)sizeof(RowResult)) + (MaxUnits(problem, order) * (long)sizeof(ExpertUnit))
        + (MaxBlocks(problem) * (long)(sizeof(long) + sizeof(ExpertUnit)));

    /// <summary>A block holds at least one row; of an expert, all but one hold many.</summary>
    private static int MaxBlocks(in ExpertProblem problem) =>
        Math.Min(problem.Assignments, problem.ExpertCount + (problem.Assignments / (MaxRows / 2)) + 1);

    private static int MaxUnits(in ExpertProblem problem, in RowOrder order)
    {
        int chunks = 1;
        for (int e = 0; e < problem.ExpertCount; e++)
            chunks = order.HasRows(e) ? Math.Max(chunks, problem.Experts[e].Chunks) : chunks;
        return checked(MaxBlocks(problem) * chunks);
    }

    /// <summary>Cuts the rows of each expert evenly; costs are negative, so that sorting puts the longest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Blocks(in ExpertProblem problem, in RowOrder order, ExpertUnit* blocks, long* cost, ref long total)
    {
        int count = 0;
        for (int e = 0; e < problem.ExpertCount; e++)
        {
            if (!order.HasRows(e))
                continue;
            int row = order.Start[e], end = order.Start[e + 1], cuts = (end - row + MaxRows - 1) / MaxRows;
            int each = cuts <= 1 ? MaxRows : (((end - row + cuts - 1) / cuts) + TileRows - 1) / TileRows * TileRows;
            long weights = ((long)problem.Width * (problem.Options.IsGated ? 2 : 1)) + problem.OutputWidth;
            for (; row < end; row += each, count++)
            {
                int rows = Math.Min(each, end - row);
                blocks[count] = new(e, row, rows, 0, problem.Experts[e].Chunks, 0);
                cost[count] = -(weights * problem.Experts[e].Hidden * (rows + ReadingRows));
                total -= cost[count];
            }
        }

        return count;
    }

    private static int Add(int chunks, in ExpertUnit block, bool whole, int stride, ref long floats, ExpertUnit* units, RowResult* results)
    {
        int parts = whole ? 1 : Math.Max(chunks, 1), each = whole ? chunks : 1, even = block.Count + (block.Count & 1);
        long part = (long)even * stride;
        for (int p = 0; p < parts; p++)
            units[p] = block with { Chunk = p, Chunks = each, Result = floats + (p * part) };
        for (int i = 0; i < block.Count; i++)
            results[block.Row + i] = new(floats + ((long)i * stride), parts, part);
        floats += parts * part;
        return parts;
    }
}
