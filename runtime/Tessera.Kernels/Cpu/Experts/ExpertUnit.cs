namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// A unit of work: rows Row .. Row + Count, all of one expert, through chunks Chunk .. Chunk + Chunks of its hidden columns. The
/// result is a sum over these, at Result.
/// </summary>
internal readonly record struct ExpertUnit(int Expert, int Row, int Count, int Chunk, int Chunks, long Result);

/// <summary>
/// Where the result of a row lies: Parts sums that are Stride apart. A row that one unit takes has one; where several units take a
/// chunk each, they are added in the order in which one unit would have added them, so that how work is cut changes no bit.
/// </summary>
internal readonly record struct RowResult(long First, int Parts, long Stride);
