using Tessera.Ir;
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

    /// <summary>This configuration, if a model can have it.</summary>
    /// <exception cref="TesseraException">TSR0607: a size is out of range, or one does not divide another.</exception>
    public NaViTConfig Checked()
    {
        const string Place = "NaViT";
        ModelSizes.InRange(Place, "width", Dim);
        ModelSizes.InRange(Place, "depth", Depth, most: ModelSizes.MostBlocks);
        ModelSizes.InRange(Place, "heads", Heads);
        ModelSizes.InRange(Place, "mlp", Mlp);
        ModelSizes.InRange(Place, "patch", Patch, most: ModelSizes.MostBlocks);
        ModelSizes.InRange(Place, "most rows", MaxSide, most: ModelSizes.MostPixels);
        ModelSizes.InRange(Place, "classes", Classes, least: 0);
        ModelSizes.Divides(Place, "width", Dim, "heads", Heads);
        return this;
    }
}
