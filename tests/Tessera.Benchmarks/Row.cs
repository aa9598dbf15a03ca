using System.Text.Json.Serialization;

namespace Tessera.Benchmarks;

/// <summary>One comparison: how many times faster ours is than the baseline, over interleaved pairs.</summary>
/// <param name="Benchmark">Name of the program.</param>
/// <param name="Case">What was run.</param>
/// <param name="Baseline">What it is compared with.</param>
/// <param name="Threads">Threads both sides had.</param>
/// <param name="Ratio">Median of baseline time / our time; above 1 ours is faster.</param>
/// <param name="Low">Lower quartile of the ratios.</param>
/// <param name="High">Upper quartile.</param>
/// <param name="Goal">What the median (or the lower quartile) must reach; 0 where it is only looked at.</param>
public sealed record Row(string Benchmark, string Case, string Baseline, int Threads, double Ratio, double Low, double High, double Goal)
{
    /// <summary>Whether the goal is one for the lower quartile: not to be slower, and seldom by chance.</summary>
    [JsonIgnore]
    public bool ByLowerQuartile { get; init; }

    [JsonIgnore]
    public bool Holds => (ByLowerQuartile ? Low : Ratio) >= Goal;
}
