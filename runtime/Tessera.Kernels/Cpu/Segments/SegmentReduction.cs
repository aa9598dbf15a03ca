namespace Tessera.Kernels.Cpu.Segments;

/// <summary>What is made of the rows of a segment.</summary>
internal enum SegmentReduction
{
    Sum,
    Mean,
    Max,
    LogSumExp,
}
