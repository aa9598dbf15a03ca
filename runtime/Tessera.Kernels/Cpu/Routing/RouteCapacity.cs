using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>Experts of limited capacity: within each group of tokens, each takes the first of its assignments and drops the rest.</summary>
internal static unsafe class RouteCapacity
{
    /// <param name="problem">With experts and weights chosen, and the weight of each token's first choice.</param>
    /// <param name="taken">Scratch [E].</param>
    /// <param name="order">Scratch [T].</param>
    /// <param name="keys">Scratch [T].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in RouteProblem problem, int* taken, int* order, long* keys)
    {
        int columns = problem.Columns;
        for (int g = 0; g < problem.GroupCount; g++)
        {
            int first = problem.Groups[g], n = problem.Groups[g + 1] - first;
            long capacity = problem.Options.Capacity(n, problem.Experts);
            new Span<int>(taken, problem.Experts).Clear();
            if (problem.Options.Priority == RoutePriority.Batch)
                RowSort.Descending(problem.Shared + first, 1, n, keys, order);
            bool byToken = problem.Options.Priority == RoutePriority.Token;
            for (int outer = 0; outer < (byToken ? n : columns); outer++)
            {
                for (int inner = 0; inner < (byToken ? columns : n); inner++)
                {
                    int t = byToken ? outer : inner, j = byToken ? inner : outer;
                    int token = first + (problem.Options.Priority == RoutePriority.Batch ? order[t] : t);
                    Take(problem, ((long)token * columns) + j, capacity, taken);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(in RouteProblem problem, long assignment, long capacity, int* taken)
    {
        long id = problem.Ids[assignment], slot = -1;
        if (id >= 0 && taken[id] < capacity)
        {
            slot = taken[id]++;
        }
        else
        {
            problem.Ids[assignment] = -1;
            FloatRows.Save(problem.Format, 0, problem.Weights, assignment);
        }

        if (problem.Slots is not null)
            problem.Slots[assignment] = slot;
    }
}
