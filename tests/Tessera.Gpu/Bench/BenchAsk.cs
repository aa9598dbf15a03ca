namespace Tessera.Gpu.Bench;

/// <summary>What of the benchmarks is run.</summary>
/// <param name="Group">One group; null for all.</param>
/// <param name="OursAlone">Whether nothing is compared with.</param>
/// <param name="Quick">Whether small sizes and few runs do.</param>
internal sealed record BenchAsk(string? Group, bool OursAlone, bool Quick);
