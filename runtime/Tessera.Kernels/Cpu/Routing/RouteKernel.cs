using System.Runtime.CompilerServices;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>Runs a checked route on all threads: the part of the kernel that knows nothing of ONNX Runtime.</summary>
internal static unsafe class RouteKernel
{
    /// <summary>Scores that outweigh taking an item.</summary>
    private const int ItemScores = 1 << 12;

    /// <param name="problem">A checked problem; what the threads share is set here.</param>
    /// <param name="parallel">Where to run.</param>
    public static void Run<TParallel>(RouteProblem problem, TParallel parallel)
        where TParallel : IParallel
    {
        problem.TokensPerItem = Math.Max(1, ItemScores / problem.Experts);
        if (problem.Options.ExpertChoice)
            ByExpert(problem, parallel);
        else
            ByToken(problem, parallel);
    }

    private static void ByToken<TParallel>(RouteProblem problem, TParallel parallel)
        where TParallel : IParallel
    {
        // Tokens: a weight, a sort key and a place in the order; experts: how much they took.
        double* shared = (double*)ThreadScratch.RentForCall(0, (5L * problem.Tokens) + problem.Experts);
        problem.Shared = shared;
        parallel.For(Items(problem), &Choose, &problem);
        if (!(problem.Options.CapacityFactor > 0))
            return;
        long* keys = (long*)(shared + problem.Tokens);
        int* order = (int*)(keys + problem.Tokens);
        RouteCapacity.Run(problem, order + problem.Tokens, order, keys);
    }

    private static void ByExpert<TParallel>(RouteProblem problem, TParallel parallel)
        where TParallel : IParallel
    {
        long scores = (long)problem.Tokens * problem.Experts;
        problem.Shared = (double*)ThreadScratch.RentForCall(0, (3 * scores) + problem.Tokens);
        problem.Ranks = (int*)(problem.Shared + scores);
        problem.Bad = (bool*)(problem.Ranks + scores);
        parallel.For(Items(problem), &Score, &problem);
        parallel.For(problem.Experts, &Take, &problem);
        parallel.For(Items(problem), &Store, &problem);
    }

    private static int Items(in RouteProblem problem) => (problem.Tokens + problem.TokensPerItem - 1) / problem.TokensPerItem;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Choose(void* state, int item)
    {
        ref readonly RouteProblem problem = ref *(RouteProblem*)state;
        RouteRow row = new(problem);
        int columns = problem.Columns, from = item * problem.TokensPerItem, to = Math.Min(from + problem.TokensPerItem, problem.Tokens);
        for (int token = from; token < to; token++)
        {
            bool bad = row.Load(problem, token);
            problem.Shared[token] = row.Choose(problem);
            long first = (long)token * columns;
            for (int j = 0; j < columns; j++)
            {
                problem.Ids[first + j] = row.Ids[j];
                FloatRows.Save(problem.Format, bad && row.Ids[j] >= 0 ? double.NaN : row.Weights[j], problem.Weights, first + j);
            }
        }
    }

    private static void Score(void* state, int item)
    {
        ref readonly RouteProblem problem = ref *(RouteProblem*)state;
        RouteRow row = new(problem);
        int from = item * problem.TokensPerItem, to = Math.Min(from + problem.TokensPerItem, problem.Tokens);
        for (int token = from; token < to; token++)
            RouteByExpert.Score(problem, row, token);
    }

    private static void Take(void* state, int expert) => RouteByExpert.Take(*(RouteProblem*)state, expert);

    private static void Store(void* state, int item)
    {
        ref readonly RouteProblem problem = ref *(RouteProblem*)state;
        RouteRow row = new(problem);
        int from = item * problem.TokensPerItem, to = Math.Min(from + problem.TokensPerItem, problem.Tokens);
        for (int token = from; token < to; token++)
            RouteByExpert.Store(problem, row, token);
    }
}
