using Tessera.Nn.Layers;

namespace Tessera.Nn.Models;

/// <summary>Mixtral (arXiv 2401.04088), a decoder of sparse experts, over one text of n tokens: <c>ids[n] → logits[n, vocabulary]</c>. Names are those of its files.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class Mixtral(MixtralConfig config)
{
    [WeightName("model.embed_tokens")]
    public Embedding EmbedTokens { get; } = new(config.Checked().Vocabulary, config.Dim);

    [WeightName("model.layers")]
    public ModuleList<MixtralBlock> Blocks { get; } = ModuleList.Repeat(config.Depth, _ => new MixtralBlock(config));

    [WeightName("model.norm")]
    public RmsNorm Norm { get; } = new(config.Dim, config.Epsilon);

    public Linear LmHead { get; } = new(config.Dim, config.Vocabulary, bias: false);

    [Preset("8x7B")]
    public static Mixtral Large() => new(MixtralConfig.Large);

    public Tensor Forward([Input("i64[n]")] Tensor ids)
    {
        Tensor x = ids.Apply(EmbedTokens);
        foreach (MixtralBlock block in Blocks)
        {
            x = x.Apply(block);
        }

        return x.Apply(Norm).Apply(LmHead);
    }
}
