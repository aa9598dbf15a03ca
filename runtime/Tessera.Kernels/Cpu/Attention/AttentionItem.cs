namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// A unit of work: queries Query .. Query + Count of a segment, in all heads that share key heads KeyHead .. KeyHead + KeyHeads.
/// </summary>
internal readonly record struct AttentionItem(int Segment, int KeyHead, int KeyHeads, int Query, int Count);
