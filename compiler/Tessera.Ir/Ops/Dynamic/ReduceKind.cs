namespace Tessera.Ir.Ops;

/// <summary>The reductions by their names.</summary>
public enum ReduceKind
{
    L1,
    L2,
    LogSum,
    LogSumExp,
    Max,
    Mean,
    Min,
    Prod,
    Sum,
    SumSquare,
}
