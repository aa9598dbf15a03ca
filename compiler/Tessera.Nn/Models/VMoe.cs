using Tessera.Nn.Layers;
using Tessera.Nn.Weights;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Models;

/// <summary>
/// V-MoE (arXiv 2106.05974) for one image of n patches, no more rows or columns than there are positions for: a vision transformer with
/// experts in some blocks. Patches and their places → logits, or the embedding, and where asked for the experts and weights of each patch.
/// </summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class VMoe(VMoeConfig config)
{
    /// <summary>Numbers in a patch: patch · patch · 3.</summary>
    public int PatchSize { get; } = config.Checked().Vit.Patch * config.Vit.Patch * 3;

    public Linear PatchEmbed { get; } = new(config.Vit.Patch * config.Vit.Patch * 3, config.Vit.Dim);

    public ClassToken? Cls { get; } = config.Vit.Head == ViTHead.Cls ? new(config.Vit.Dim) : null;

    public Parameter PosEmbed { get; } = new([(config.Side * config.Side) + (config.Vit.Head == ViTHead.Cls ? 1 : 0), config.Vit.Dim], Initializer.Normal(0, 0.02));

    public ModuleList<VMoeBlock> Blocks { get; } = ModuleList.Repeat(
        config.Vit.Depth, i => new VMoeBlock(config.Vit.Dim, config.Vit.Heads, config.Vit.Mlp, config.MoeBlocks.Contains(i) ? Experts(config) : null));

    public LayerNorm Norm { get; } = new(config.Vit.Dim, 1e-6);

    public AttentionPool? Pool { get; } = config.Vit.Head == ViTHead.Map ? new(config.Vit.Dim, config.Vit.Heads, config.Vit.Mlp) : null;

    public Linear? Head { get; } = config.Vit.Classes > 0 ? new(config.Vit.Dim, config.Vit.Classes) : null;

    [Preset("B16-E8")]
    public static VMoe B16E8() => new(new VMoeConfig(ViTConfig.Family["B/16"], 8));

    [Preset("B16-E32")]
    public static VMoe B16E32() => new(new VMoeConfig(ViTConfig.Family["B/16"], 32));

    [Preset("L16-E32")]
    public static VMoe L16E32() => new(new VMoeConfig(ViTConfig.Family["L/16"], 32));

    [Preset("H14-E32")]
    public static VMoe H14E32() => new(new VMoeConfig(ViTConfig.Family["H/14"], 32));

    /// <param name="patches">Pixels of each patch, row by row, channels last.</param>
    /// <param name="rows">Row of each patch in the image's grid.</param>
    /// <param name="columns">Column of each patch.</param>
    /// <returns>Logits, and experts and weights of each patch, <c>[n, blocks with experts, k]</c>.</returns>
    public (Tensor Logits, Tensor? Experts, Tensor? Weights) Forward(
        [Input("f32[n, {PatchSize}]")] Tensor patches, [Input("i64[n]")] Tensor rows, [Input("i64[n]")] Tensor columns)
    {
        Tensor table = PosEmbed.In(patches);
        Tensor places = (rows * config.Side) + columns;
        Tensor x = patches.Apply(PatchEmbed) + table.Gather(Cls is null ? places : places + 1);
        x = Cls is null ? x : Concat(0, Cls.Token.In(x) + table.Slice(0, 0, 1), x);
        List<Routing> routings = [];
        foreach (VMoeBlock block in Blocks)
        {
            (x, Routing? routing) = block.Apply(x);
            routings.AddRange(routing is null ? [] : [routing]);
        }

        x = x.Apply(Norm);
        Tensor pooled = Pool is not null ? x.Apply(Pool) : Cls is not null ? x.Slice(0, 0, 1).Squeeze(0) : Mean(x, axes: 0);
        Tensor logits = Head is null ? pooled : pooled.Apply(Head);
        return config.ShowsRouting
            ? (logits, OfPatches(routings.Select(static r => r.Experts)), OfPatches(routings.Select(static r => r.Weights)))
            : (logits, null, null);
    }

    // Block by block, without the class token.
    private Tensor OfPatches(IEnumerable<Tensor> routed)
    {
        Tensor all = Concat(1, [.. routed.Select(static r => r.Unsqueeze(1))]);
        return Cls is null ? all : all.Slice(0, 1, all.Shape[0]);
    }

    private static MoE Experts(VMoeConfig config) => new(
        new Router(config.Vit.Dim, config.Experts, config.Router),
        new ExpertList(config.Vit.Dim, config.Experts, config.Vit.Mlp, ExpertOptions.Gelu, ExpertNames.Layers));
}
