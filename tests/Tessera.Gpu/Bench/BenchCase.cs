using Tessera.Gpu.Devices;

namespace Tessera.Gpu.Bench;

/// <summary>What is computed, and the ways to do so: ours first, the others are compared with it.</summary>
/// <param name="Group">Kind of op.</param>
/// <param name="Name">Sizes and type; scripts that time others use the same.</param>
/// <param name="Open">Opens the ways, each by itself: one that a provider refuses is a row of its own.</param>
internal sealed record BenchCase(string Group, string Name, Func<Tensors, IEnumerable<(string Name, Func<BenchSide> Open)>> Open)
{
    /// <summary>Floating-point operations; 0 where bytes count.</summary>
    public double Flops { get; init; }

    /// <summary>Bytes that must be read and written; 0 where operations count.</summary>
    public double Bytes { get; init; }

    /// <summary>Images that a run is given; 0 where it is given none.</summary>
    public int Images { get; init; }

    /// <summary>Whether a rounding may lead to another choice, and that to other numbers: how far sides lie apart is told then, not judged.</summary>
    public bool Chooses { get; init; }

    /// <summary>How many sets of buffers take turns, so that what one run leaves in the caches is not what the next one reads.</summary>
    /// <param name="bytes">Of one set.</param>
    public static int Sets(long bytes) => (int)Math.Clamp((CacheBytes + bytes - 1) / Math.Max(bytes, 1), 1, MostSets);

    // Four times the second-level cache of an H100.
    private const long CacheBytes = 200L << 20;

    private const int MostSets = 4;

    public static IReadOnlyDictionary<string, DeviceTensor> Named(params (string Name, DeviceTensor Value)[] inputs) =>
        inputs.ToDictionary(static i => i.Name, static i => i.Value);
}
