using System.Collections.Immutable;
using System.Numerics;
using Tessera.Kernels.Cpu.Routing;
using Tessera.Kernels.Cuda.Driver;

namespace Tessera.Kernels.Cuda;

/// <summary>Which kernels a route takes, how large each is, and what lies where between them.</summary>
internal readonly unsafe struct RoutePlan
{
    /// <summary>What every device gives a block; and threads of every block but one for a token.</summary>
    private const int LargestShared = 48 << 10, RouteThreads = 256;

    /// <summary>Tokens that a block sorts.</summary>
    private const int Sorted = 1024;

    /// <summary>Threads of a block for a token, by experts; numbers of each thread before the token's row.</summary>
    private const int LeastThreads = 32, MostThreads = 128, FoldedNumbers = 5;

    /// <summary>Blocks for each multiprocessor, where each has a row in memory.</summary>
    private const int RowBlocks = 8;

    private readonly long _tokens, _experts, _ranked, _rowSize, _mostChosen, _span, _chunks;
    private readonly long _rows, _bounds, _keys, _sorted, _places, _order, _ranks, _bad, _counts, _starts;
    private readonly long _rowBlocks;
    private readonly int _threads;
    private readonly bool _grouped, _batch, _byExpert, _limited;

    /// <param name="problem">Checked, not empty.</param>
    /// <param name="multiprocessors">Of the device.</param>
    public RoutePlan(in RouteProblem problem, int multiprocessors)
    {
        ref readonly RouteOptions options = ref problem.Options;
        (_tokens, _experts, _byExpert) = (problem.Tokens, problem.Experts, options.ExpertChoice);
        _limited = !_byExpert && options.CapacityFactor > 0;
        _batch = _limited && options.Priority == RoutePriority.Batch;
        _grouped = (_limited || _byExpert) && problem.Groups is not null && problem.GroupCount > 0;
        _ranked = _byExpert ? _experts : 1;
        _threads = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((ulong)_experts), LeastThreads, MostThreads);
        _mostChosen = Math.Max(problem.Columns, options.GroupCount);
        _rowSize = (2 * _experts) + _mostChosen + ((_mostChosen + 1) / 2);

        // An expert's count in each chunk is one number, so that chunks of no fewer positions than experts keep them within the output's size.
        _span = (Math.Max(_experts, RouteThreads) + RouteThreads - 1) / RouteThreads * RouteThreads;
        _chunks = ((_tokens * problem.Columns) + _span - 1) / _span;
        _rowBlocks = ChoiceShared > LargestShared ? Math.Min(_tokens, (long)multiprocessors * RowBlocks) : 0;

        ScratchLayout layout = new();
        _rows = layout.Add(_rowBlocks * _rowSize, sizeof(double));
        _bounds = layout.Add(_grouped ? problem.GroupCount + 1L : 0, sizeof(int));
        long ranked = _batch || _byExpert ? _tokens * _ranked : 0;
        _keys = layout.Add(ranked, sizeof(long));
        _sorted = layout.Add(ranked, sizeof(long));
        _places = layout.Add(ranked, sizeof(ushort));
        _order = layout.Add(_batch ? _tokens : 0, sizeof(int));
        _ranks = layout.Add(_byExpert ? _tokens * _experts : 0, sizeof(int));
        _bad = layout.Add(_byExpert ? _tokens : 0, sizeof(byte));
        _counts = layout.Add(_limited ? _experts * _chunks : 0, sizeof(int));
        _starts = layout.Add(_limited ? _chunks : 0, sizeof(int));
        Bytes = layout.Bytes;
    }

    /// <summary>Of the memory that it takes.</summary>
    public long Bytes { get; }

    /// <summary>Shared memory of a block for a token that holds its row.</summary>
    private long ChoiceShared => ((FoldedNumbers * _threads) + _rowSize) * sizeof(double);

    /// <summary>The kernels, in their order, that any call of a node may need.</summary>
    public static ImmutableArray<RouteStep> StepsOf(in RouteOptions options) => options switch
    {
        { ExpertChoice: true } => [RouteStep.Groups, RouteStep.Score, RouteStep.Sort, RouteStep.Rank, RouteStep.Store],
        { CapacityFactor: not > 0 } => [RouteStep.Choose],
        { Priority: RoutePriority.Batch } => [RouteStep.Groups, RouteStep.Choose, RouteStep.Sort, RouteStep.Rank, RouteStep.Count, RouteStep.Carry, RouteStep.Place],
        _ => [RouteStep.Groups, RouteStep.Choose, RouteStep.Count, RouteStep.Carry, RouteStep.Place],
    };

    public static string NameOf(RouteStep step) => step switch
    {
        RouteStep.Groups => "route_groups",
        RouteStep.Choose => "route_choose",
        RouteStep.Score => "route_score",
        RouteStep.Sort => "route_sort",
        RouteStep.Rank => "route_rank",
        RouteStep.Store => "route_store",
        RouteStep.Count => "route_count",
        RouteStep.Carry => "route_carry",
        _ => "route_place",
    };

    /// <summary>Shared memory that no block of a kernel exceeds.</summary>
    public static int MostSharedBytes(RouteStep step) => step switch
    {
        RouteStep.Choose or RouteStep.Score => LargestShared,
        RouteStep.Store => MostThreads * sizeof(double),
        RouteStep.Groups => RouteThreads * sizeof(int),
        RouteStep.Carry => 2 * RouteThreads * sizeof(int),
        RouteStep.Sort => Sorted * (sizeof(long) + sizeof(int) + sizeof(ushort)),
        RouteStep.Rank => 0,
        _ => 3 * RouteThreads * sizeof(int),
    };

    /// <summary>Shared memory of a block.</summary>
    public int SharedBytes(RouteStep step) => step switch
    {
        RouteStep.Choose or RouteStep.Score => _rowBlocks > 0 ? FoldedNumbers * _threads * sizeof(double) : (int)ChoiceShared,
        _ => MostSharedBytes(step),
    };

    public int Threads(RouteStep step) => step is RouteStep.Choose or RouteStep.Score or RouteStep.Store ? _threads : RouteThreads;

    /// <summary>Blocks of a kernel; none where the call does not need it.</summary>
    public int Blocks(RouteStep step)
    {
        long blocks = step switch
        {
            RouteStep.Groups => _grouped ? 1 : 0,
            RouteStep.Choose or RouteStep.Score => _rowBlocks > 0 ? _rowBlocks : _tokens,
            RouteStep.Store => _tokens,
            RouteStep.Sort => (_tokens + Sorted - 1) / Sorted * _ranked,
            RouteStep.Rank => ((_tokens * _ranked) + RouteThreads - 1) / RouteThreads,
            RouteStep.Carry => _experts,
            _ => _chunks,
        };
        return (int)Math.Min(blocks, CudaKernel.MostBlocks);
    }

    /// <summary>What the kernels are given, all the same.</summary>
    public RouteArguments Arguments(in RouteProblem problem, DeviceScratch.Rented memory)
    {
        var arguments = RouteArguments.Of(problem);
        arguments.Cu = _grouped ? problem.Groups : null;
        arguments.Bounds = _grouped ? memory.At(_bounds) : null;
        arguments.Rows = _rowBlocks > 0 ? memory.At(_rows) : null;
        arguments.Keys = _batch || _byExpert ? memory.At(_keys) : null;
        arguments.Sorted = memory.At(_sorted);
        arguments.Places = memory.At(_places);
        arguments.Order = _batch ? memory.At(_order) : null;
        arguments.Ranks = memory.At(_ranks);
        arguments.Bad = memory.At(_bad);
        arguments.Counts = memory.At(_counts);
        arguments.Starts = memory.At(_starts);
        arguments.Ranked = _ranked;
        arguments.RowSize = _rowSize;
        arguments.MostChosen = _mostChosen;
        arguments.Span = _span;
        arguments.Chunks = _chunks;
        arguments.Threads = _threads;
        return arguments;
    }
}
