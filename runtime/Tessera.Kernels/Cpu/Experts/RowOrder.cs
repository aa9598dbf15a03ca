using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// Assignments in order of their expert, and of the token within one: a row for each. An id that names no expert has no row.
/// </summary>
internal readonly unsafe struct RowOrder
{
    /// <summary>[E + 1]: the first row of each expert.</summary>
    public readonly int* Start;

    /// <summary>[rows]: the assignment t · K + j of each.</summary>
    public readonly int* Assignment;

    /// <summary>[T · K]: the row of each assignment, or −1.</summary>
    public readonly int* Row;

    public readonly int Count;

    /// <param name="problem">A checked problem.</param>
    /// <param name="buffer">Of <see cref="Integers"/> integers.</param>
    public RowOrder(in ExpertProblem problem, int* buffer)
    {
        int assignments = problem.Assignments, experts = problem.ExpertCount;
        Start = buffer;
        Assignment = Start + experts + 2;
        Row = Assignment + assignments;
        Fill(problem, Start, Assignment, Row);
        Count = Start[experts];
    }

    /// <summary>
    /// Whether expert <paramref name="e"/> has a row. What a call asks of all experts it asks of these alone: of many experts the table is
    /// large, weights have taken its place in the cache since the last call, and reading it takes as long as a few hundred kilobytes of weights.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRows(int e) => Start[e + 1] > Start[e];

    public static long Integers(in ExpertProblem problem) => problem.ExpertCount + 2 + (2L * problem.Assignments);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(in ExpertProblem problem, int* start, int* assignment, int* row)
    {
        int assignments = problem.Assignments, experts = problem.ExpertCount;
        long* ids = problem.Ids;
        new Span<int>(start, experts + 2).Clear();

        // Counts stand two places on, so that after summing, start[e + 1] is where expert e begins; taking rows moves it to its end.
        for (int i = 0; i < assignments; i++)
        {
            if ((ulong)ids[i] < (ulong)experts)
                start[ids[i] + 2]++;
        }

        for (int e = 2; e < experts + 2; e++)
            start[e] += start[e - 1];
        for (int i = 0; i < assignments; i++)
        {
            row[i] = -1;
            if ((ulong)ids[i] >= (ulong)experts)
                continue;
            row[i] = start[ids[i] + 1]++;
            assignment[row[i]] = i;
        }
    }
}
