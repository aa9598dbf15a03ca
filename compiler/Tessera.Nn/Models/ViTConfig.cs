using Tessera.Ir;

namespace Tessera.Nn.Models;

/// <summary>Sizes of a vision transformer.</summary>
/// <param name="Dim">Width.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Mlp">Hidden width of the MLPs.</param>
/// <param name="Patch">Side of a patch in pixels.</param>
public sealed record ViTConfig(int Dim, int Depth, int Heads, int Mlp, int Patch)
{
    /// <summary>Side of the image in pixels.</summary>
    public int Image { get; init; } = 224;

    /// <summary>Classes; 0 leaves the classifier out.</summary>
    public int Classes { get; init; } = 1000;

    public ViTHead Head { get; init; } = ViTHead.Cls;

    /// <summary>The parallel block with normalised queries and keys (arXiv 2302.05442).</summary>
    public bool Parallel { get; init; }

    /// <summary>Patches of one image.</summary>
    public int Tokens => Image / Patch * (Image / Patch);

    /// <summary>This configuration, if a model can have it.</summary>
    /// <exception cref="TesseraException">TSR0607: a size is out of range, or one does not divide another.</exception>
    public ViTConfig Checked()
    {
        const string Place = "ViT";
        ModelSizes.InRange(Place, "width", Dim);
        ModelSizes.InRange(Place, "depth", Depth, most: ModelSizes.MostBlocks);
        ModelSizes.InRange(Place, "heads", Heads);
        ModelSizes.InRange(Place, "mlp", Mlp);
        ModelSizes.InRange(Place, "patch", Patch, most: ModelSizes.MostBlocks);
        ModelSizes.InRange(Place, "image", Image, most: ModelSizes.MostPixels);
        ModelSizes.InRange(Place, "classes", Classes, least: 0);
        ModelSizes.Divides(Place, "width", Dim, "heads", Heads);
        ModelSizes.Divides(Place, "image", Image, "patch", Patch);
        return this;
    }

    /// <summary>
    /// Configurations by name: <c>Ti/16</c> … <c>H/14</c> (arXiv 2010.11929), <c>G/14</c> (arXiv 2106.04560),
    /// <c>e/14</c> (arXiv 2209.06794) and <c>22B/14</c> (arXiv 2302.05442).
    /// </summary>
    public static IReadOnlyDictionary<string, ViTConfig> Family { get; } = new Dictionary<string, ViTConfig>
    {
        ["Ti/16"] = new(192, 12, 3, 768, 16),
        ["S/16"] = new(384, 12, 6, 1536, 16),
        ["S/32"] = new(384, 12, 6, 1536, 32),
        ["B/8"] = new(768, 12, 12, 3072, 8),
        ["B/16"] = new(768, 12, 12, 3072, 16),
        ["B/16-gap"] = new(768, 12, 12, 3072, 16) { Head = ViTHead.Gap },
        ["B/32"] = new(768, 12, 12, 3072, 32),
        ["L/16"] = new(1024, 24, 16, 4096, 16),
        ["L/32"] = new(1024, 24, 16, 4096, 32),
        ["H/14"] = new(1280, 32, 16, 5120, 14),
        ["G/14"] = new(1664, 48, 16, 8192, 14) { Head = ViTHead.Gap, Classes = 0 },
        ["e/14"] = new(1792, 56, 16, 15360, 14) { Head = ViTHead.Map, Classes = 29593 },
        ["22B/14"] = new(6144, 48, 48, 24576, 14) { Head = ViTHead.Map, Classes = 0, Parallel = true },
    };
}
