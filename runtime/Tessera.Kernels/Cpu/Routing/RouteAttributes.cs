using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>Reads a node's attributes.</summary>
internal static class RouteAttributes
{
    public static RouteOptions Read(KernelInfo info) => new()
    {
        K = (int)Whole(info, "k", 0),
        Scoring = info.Choice("scoring", "softmax", ("softmax", Scoring.Softmax), ("sigmoid", Scoring.Sigmoid), ("sparse_mixer", Scoring.SparseMixer), ("sparse_top_k", Scoring.SparseTopK)),
        SelectFirst = info.Int("select_first", 0) != 0,
        GroupCount = (int)Whole(info, "group_count", 0),
        TopGroups = (int)Whole(info, "top_groups", 0),
        SumOfTwo = info.Choice("group_score", "max", ("max", false), ("sum_of_two", true)),
        Renormalize = info.Int("renormalize", 0) != 0,
        Epsilon = info.Float("epsilon", 0),
        Scale = info.Float("scale", 1),
        CapacityFactor = info.Float("capacity_factor", 0),
        Rounding = info.Choice("capacity_rounding", "ceil", ("ceil", CapacityRounding.Ceiling), ("round", CapacityRounding.Nearest), ("floor", CapacityRounding.Floor)),
        CapacityMultiple = Math.Max(1, Whole(info, "capacity_multiple", 1)),
        Priority = info.Choice("priority", "choice", ("choice", RoutePriority.Choice), ("token", RoutePriority.Token), ("batch", RoutePriority.Batch)),
        ExpertChoice = info.Int("expert_choice", 0) != 0,
        Jitter = info.Float("jitter", 0.01f),
        Sparse = Sparse(info),
    };

    /// <summary>Those of a sparse top-k.</summary>
    public static SparseTopKOptions Sparse(KernelInfo info)
    {
        float p = info.Float("p", 2), lambda = info.Float("lambda", 1);
        return p > 1 && lambda > 0
            ? new() { K = Whole(info, "k", 0), Lambda = lambda, Exponent = SparseTopKOptions.ExponentOf(p), Magnitude = info.Int("magnitude", 0) != 0 }
            : throw new TesseraKernelException($"TSR1319 {info.Place}: p is {p} and lambda is {lambda}; p is above 1 and lambda above 0.");
    }

    private static long Whole(KernelInfo info, string name, long fallback)
    {
        long value = info.Int(name, fallback);
        return value is >= 0 and <= int.MaxValue
            ? value
            : throw new TesseraKernelException($"TSR1319 {info.Place}: {name} is {value}; it is not negative.");
    }
}
