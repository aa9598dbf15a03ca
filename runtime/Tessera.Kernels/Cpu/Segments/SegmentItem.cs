namespace Tessera.Kernels.Cpu.Segments;

/// <summary>Columns Column .. Column + Count of the rows From .. To, which are segment Segment.</summary>
internal readonly record struct SegmentItem(int Segment, int From, int To, long Column, int Count);
