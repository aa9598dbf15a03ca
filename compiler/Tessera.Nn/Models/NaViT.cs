using Tessera.Nn.Layers;

namespace Tessera.Nn.Models;

/// <summary>
/// NaViT (arXiv 2307.06304) for one image of n patches at its own resolution and aspect ratio:
/// patches and their grid positions → embedding <c>[dim]</c>, and logits when there is a classifier; without one the model has no such output.
/// </summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class NaViT(NaViTConfig config)
{
    /// <summary>Numbers in a patch: patch · patch · 3.</summary>
    public int PatchSize { get; } = config.Checked().Patch * config.Patch * 3;

    public Linear Embed { get; } = new(config.Patch * config.Patch * 3, config.Dim);

    public FactorizedPositions Positions { get; } =
        new(config.Dim, config.MaxSide, config.Positions, config.Fractional, config.Combine);

    public ModuleList<NaViTBlock> Blocks { get; } =
        ModuleList.Repeat(config.Depth, _ => new NaViTBlock(config.Dim, config.Heads, config.Mlp));

    public RmsNorm Norm { get; } = new(config.Dim);

    public AttentionPool Pool { get; } = new(config.Dim, config.Heads, config.Mlp);

    public Linear? Head { get; } = config.Classes > 0 ? new(config.Dim, config.Classes) : null;

    [Preset("Ti16")]
    public static NaViT Ti16() => new(ConfigOf("Ti16"));

    [Preset("S16")]
    public static NaViT S16() => new(ConfigOf("S16"));

    [Preset("B16")]
    public static NaViT B16() => new(ConfigOf("B16"));

    /// <summary>The sizes behind a preset, to be changed by <c>with</c>.</summary>
    public static NaViTConfig ConfigOf(string preset) => preset switch
    {
        "Ti16" => new NaViTConfig(192, 12, 3, 768),
        "S16" => new NaViTConfig(384, 12, 6, 1536),
        "B16" => new NaViTConfig(768, 12, 12, 3072),
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "There are Ti16, S16 and B16."),
    };

    /// <param name="patches">Pixels of each patch, row by row, channels last.</param>
    /// <param name="rows">Row of each patch in the image's grid.</param>
    /// <param name="columns">Column of each patch.</param>
    /// <param name="height">Rows of the grid.</param>
    /// <param name="width">Columns of the grid.</param>
    public (Tensor Embedding, Tensor? Logits) Forward(
        [Input("f32[n, {PatchSize}]")] Tensor patches,
        [Input("i64[n]")] Tensor rows,
        [Input("i64[n]")] Tensor columns,
        [Input("i64[]")] Tensor height,
        [Input("i64[]")] Tensor width)
    {
        Tensor x = patches.Apply(Embed) + Positions.Apply(rows, columns, height, width);
        foreach (NaViTBlock block in Blocks)
        {
            x = x.Apply(block);
        }

        Tensor embedding = x.Apply(Norm).Apply(Pool);
        return (embedding, Head is null ? null : embedding.Apply(Head));
    }
}
