using System.Runtime.InteropServices;
using Tessera.Kernels.Cpu.Routing;

namespace Tessera.Kernels.Cuda;

/// <summary><c>RouteArgs</c> of route.cuh.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RouteArguments
{
    public void* Logits;
    public void* Bias;
    public int* Cu;
    public void* Weights;
    public long* Ids;
    public long* Slots;
    public void* Rows;
    public void* Keys;
    public void* Sorted;
    public void* Places;
    public void* Bounds;
    public void* Order;
    public void* Ranks;
    public void* Bad;
    public void* Counts;
    public void* Starts;
    public long Tokens;
    public long Experts;
    public long Columns;
    public long K;
    public long Groups;
    public long Ranked;
    public long RowSize;
    public long MostChosen;
    public long GroupCount;
    public long TopGroups;
    public long Span;
    public long Chunks;
    public long Multiple;
    public double Epsilon;
    public double Scale;
    public double Factor;
    public double Jitter;
    public double Lambda;
    public double Exponent;
    public int Type;
    public int Scoring;
    public int SelectFirst;
    public int SumOfTwo;
    public int Renormalize;
    public int Rounding;
    public int Priority;
    public int Magnitude;
    public int Threads;

    /// <summary>All of it that the problem says.</summary>
    public static RouteArguments Of(in RouteProblem problem)
    {
        ref readonly RouteOptions options = ref problem.Options;
        return new()
        {
            Logits = problem.Logits,
            Bias = problem.Bias,
            Weights = problem.Weights,
            Ids = problem.Ids,
            Slots = problem.Slots,
            Tokens = problem.Tokens,
            Experts = problem.Experts,
            Columns = problem.Columns,
            K = options.K,
            Groups = problem.GroupCount,
            GroupCount = options.GroupCount,
            TopGroups = options.TopGroups,
            Multiple = options.CapacityMultiple,
            Epsilon = options.Epsilon,
            Scale = options.Scale,
            Factor = options.CapacityFactor,
            Jitter = options.Jitter,
            Lambda = options.Sparse.Lambda,
            Exponent = options.Sparse.Exponent,
            Type = (int)problem.Format,
            Scoring = (int)options.Scoring,
            SelectFirst = options.SelectFirst ? 1 : 0,
            SumOfTwo = options.SumOfTwo ? 1 : 0,
            Renormalize = options.Renormalize ? 1 : 0,
            Rounding = (int)options.Rounding,
            Priority = (int)options.Priority,
            Magnitude = options.Sparse.Magnitude ? 1 : 0,
        };
    }
}
