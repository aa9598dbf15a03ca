using Tessera.Nn.Layers;

namespace Tessera.Nn.Models;

/// <summary>Sizes and choices of a NaViT.</summary>
/// <param name="Dim">Width.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Mlp">Hidden width of the MLPs.</param>
/// <param name="Patch">Side of a patch in pixels.</param>
public sealed record NaViTConfig(int Dim, int Depth, int Heads, int Mlp, int Patch = 16)
{
    /// <summary>Most rows or columns of patches that absolute positions cover.</summary>
    public int MaxSide { get; init; } = 64;

    public PositionKind Positions { get; init; } = PositionKind.Learned;

    /// <summary>Positions as fractions of the image's side.</summary>
    public bool Fractional { get; init; }

    public PositionCombine Combine { get; init; } = PositionCombine.Sum;

    /// <summary>Classes; 0 for the embedding alone.</summary>
    public int Classes { get; init; }
}
