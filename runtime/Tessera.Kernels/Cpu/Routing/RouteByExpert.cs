using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>Expert choice: within each group of tokens, each expert takes those that score highest with it.</summary>
internal static unsafe class RouteByExpert
{
    /// <summary>Scores of a token with all experts.</summary>
    public static void Score(in RouteProblem problem, in RouteRow row, int token)
    {
        problem.Bad[token] = row.Load(problem, token);
        row.Score(problem, problem.Shared + ((long)token * problem.Experts));
    }

    /// <summary>What one expert takes of all groups.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Take(in RouteProblem problem, int expert)
    {
        int e = problem.Experts;
        long* keys = (long*)ThreadScratch.Rent(3L * problem.Tokens);
        int* order = (int*)(keys + problem.Tokens);
        for (int g = 0; g < problem.GroupCount; g++)
        {
            int first = problem.Groups[g], n = problem.Groups[g + 1] - first;
            long capacity = problem.Options.Capacity(n, e);
            RowSort.Descending(problem.Shared + ((long)first * e) + expert, e, n, keys, order);
            for (int rank = 0; rank < n; rank++)
                problem.Ranks[((long)(first + order[rank]) * e) + expert] = rank < capacity ? rank : -1;
        }
    }

    /// <summary>Writes a token's results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(in RouteProblem problem, in RouteRow row, int token)
    {
        int e = problem.Experts;
        long first = (long)token * e;
        for (int i = 0; i < e; i++)
            row.Weights[i] = problem.Ranks[first + i] >= 0 ? problem.Shared[first + i] : 0;
        RouteRow.Finish(problem.Options, row.Weights, e);
        for (int i = 0; i < e; i++)
        {
            int rank = problem.Ranks[first + i];
            problem.Ids[first + i] = rank >= 0 ? i : -1;
            double weight = rank < 0 ? 0 : problem.Bad[token] ? double.NaN : row.Weights[i];
            FloatRows.Save(problem.Format, weight, problem.Weights, first + i);
            if (problem.Slots is not null)
                problem.Slots[first + i] = rank;
        }
    }
}
