namespace Tessera.Kernels.Cpu.Attention;

/// <summary>A unit of work: queries Query .. Query + Count of a segment, in one head.</summary>
internal readonly record struct AttentionItem(int Segment, int Head, int Query, int Count);
