using Tessera.Runtime;

namespace Tessera.Compiler.Bench;

/// <summary>How models are timed.</summary>
public sealed record BenchOptions
{
    /// <summary>Where they run.</summary>
    public Device Device { get; init; }

    /// <summary>Threads that work on one op.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Runs of each model that count; where there are two, they take turns.</summary>
    public int Runs { get; init; } = 20;

    /// <summary>Sizes of the inputs by their name; one that is not given is chosen.</summary>
    public IReadOnlyDictionary<string, long> Sizes { get; init; } = new Dictionary<string, long>();

    /// <summary>Seed of the inputs' numbers.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Told what is being done.</summary>
    public Action<string>? Progress { get; init; }
}
