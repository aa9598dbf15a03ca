using Tessera.Ir;

namespace Tessera.Nn.Models;

/// <summary>Sizes of a Mixtral.</summary>
/// <param name="Dim">Width.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KvHeads">Key heads, a divisor of the query heads.</param>
/// <param name="Hidden">Hidden width of an expert.</param>
/// <param name="Experts">Experts of each block.</param>
/// <param name="Vocabulary">Tokens there are.</param>
public sealed record MixtralConfig(int Dim, int Depth, int Heads, int KvHeads, int Hidden, int Experts, int Vocabulary)
{
    /// <summary>Mixtral-8×7B (arXiv 2401.04088).</summary>
    public static MixtralConfig Large { get; } = new(4096, 32, 32, 8, 14336, 8, 32000);

    /// <summary>Experts of each token.</summary>
    public int K { get; init; } = 2;

    /// <summary>Size of a head; 0 for Dim / Heads.</summary>
    public int HeadSize { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public double Theta { get; init; } = 1e6;

    public double Epsilon { get; init; } = 1e-5;

    /// <summary>How many tokens back, besides itself, a token sees; −1 for all.</summary>
    public int Window { get; init; } = -1;

    /// <summary>This configuration, if a model can have it.</summary>
    /// <exception cref="TesseraException">TSR0607: a size is out of range, or one does not divide another.</exception>
    public MixtralConfig Checked()
    {
        const string Place = "Mixtral";
        ModelSizes.InRange(Place, "width", Dim);
        ModelSizes.InRange(Place, "depth", Depth, most: ModelSizes.MostBlocks);
        ModelSizes.InRange(Place, "heads", Heads);
        ModelSizes.InRange(Place, "key heads", KvHeads);
        ModelSizes.InRange(Place, "hidden size", Hidden);
        ModelSizes.InRange(Place, "number of experts", Experts);
        ModelSizes.InRange(Place, "vocabulary", Vocabulary);
        ModelSizes.InRange(Place, "size of a head", HeadSize, least: 0);
        ModelSizes.Divides(Place, "heads", Heads, "key heads", KvHeads);
        if (HeadSize == 0)
        {
            ModelSizes.Divides(Place, "width", Dim, "heads", Heads);
        }

        ModelSizes.Divides(Place, "size of a head", HeadSize == 0 ? Dim / Heads : HeadSize, "pairs of features", 2);
        return this;
    }
}
