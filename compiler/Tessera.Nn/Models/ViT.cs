using Tessera.Nn.Layers;
using Tessera.Nn.Weights;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Models;

/// <summary>Vision transformer (arXiv 2010.11929) for one image: <c>pixels[3, image, image] → logits[classes]</c>, or the embedding.</summary>
[Module]
public sealed partial class ViT(ViTConfig config)
{
    /// <summary>Side of the image in pixels.</summary>
    public int Image { get; } = config.Checked().Image;

    public PatchEmbed PatchEmbed { get; } = new(3, config.Dim, config.Patch);

    public ClassToken? Cls { get; } = config.Head == ViTHead.Cls ? new(config.Dim) : null;

    public Parameter PosEmbed { get; } = new([config.Tokens + (config.Head == ViTHead.Cls ? 1 : 0), config.Dim], Initializer.Normal(0, 0.02));

    public ModuleList<TransformerBlock> Blocks { get; } = config.Parallel
        ? []
        : ModuleList.Repeat(config.Depth, _ => new TransformerBlock(config.Dim, config.Heads, config.Mlp));

    public ModuleList<ParallelBlock> ParallelBlocks { get; } = config.Parallel
        ? ModuleList.Repeat(config.Depth, _ => new ParallelBlock(config.Dim, config.Heads, config.Mlp))
        : [];

    public LayerNorm? Norm { get; } = config.Parallel ? null : new(config.Dim, 1e-6);

    public RmsNorm? RmsNorm { get; } = config.Parallel ? new(config.Dim) : null;

    public AttentionPool? Pool { get; } = config.Head == ViTHead.Map ? new(config.Dim, config.Heads, config.Mlp) : null;

    public Linear? Head { get; } = config.Classes > 0 ? new(config.Dim, config.Classes) : null;

    [Preset("B16")]
    public static ViT B16() => new(ViTConfig.Family["B/16"]);

    public Tensor Forward([Input("f32[3, {Image}, {Image}]")] Tensor pixels)
    {
        Tensor x = pixels.Apply(PatchEmbed);
        x = Cls is null ? x : x.Apply(Cls);
        x += PosEmbed.In(x);
        foreach (TransformerBlock block in Blocks)
        {
            x = x.Apply(block);
        }

        foreach (ParallelBlock block in ParallelBlocks)
        {
            x = x.Apply(block);
        }

        x = x.Apply(Norm is not null ? Norm : RmsNorm!);
        Tensor pooled = Pool is not null ? x.Apply(Pool) : Cls is not null ? x.Slice(0, 0, 1).Squeeze(0) : Mean(x, axes: 0);
        return Head is null ? pooled : pooled.Apply(Head);
    }
}
