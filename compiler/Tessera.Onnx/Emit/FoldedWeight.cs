using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>A value whose bytes follow from weights, by layout or by factors.</summary>
/// <param name="Path">Name derived from those of the weights and what is done to them.</param>
/// <param name="Source">Its bytes.</param>
/// <param name="Leaves">The weights it is made of.</param>
internal sealed record FoldedWeight(string Path, WeightSource Source, IReadOnlyList<Value> Leaves)
{
    /// <summary>Longer names tell nothing more: a chain of steps must not make a chain of names.</summary>
    private const int LongestPath = 512;

    /// <summary>Name derived from those of the weights and what is done to them.</summary>
    public string Path { get; init; } = Path.Length <= LongestPath ? Path : Path[..LongestPath];

    /// <summary>Whether numbers are computed, which a run should not do again each time: it is worth its bytes even beside the weight itself.</summary>
    public bool IsComputed { get; init; }

    /// <summary>The weight after one more step.</summary>
    public FoldedWeight With(string suffix, WeightSource source) => new(Path + suffix, source, Leaves) { IsComputed = IsComputed };
}
