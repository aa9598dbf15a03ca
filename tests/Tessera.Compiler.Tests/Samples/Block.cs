using Tessera.Nn;
using Tessera.Nn.Layers;
using static Tessera.Nn.Functional;

namespace Tessera.Compiler.Tests.Samples;

// sample: block
/// <summary>Pre-norm ViT block with QK-norm, for one image of n patches (NaViT, arXiv 2307.06304).</summary>
[Module]
public sealed partial class Block(int dim, int heads, int mlp)
{
    public RmsNorm Norm1 { get; } = new(dim);
    public Linear Qkv { get; } = new(dim, 3 * dim, bias: false);
    public RmsNorm QNorm { get; } = new(dim / heads);
    public RmsNorm KNorm { get; } = new(dim / heads);
    public Linear Proj { get; } = new(dim, dim);
    public RmsNorm Norm2 { get; } = new(dim);
    public Mlp Mlp { get; } = new(dim, mlp);

    public Tensor Forward(Tensor x)                       // f32[n, dim]
    {
        var (q, k, v) = x.Apply(Norm1).Apply(Qkv).SplitHeads(heads, 3);
        x += Attention(q.Apply(QNorm), k.Apply(KNorm), v).MergeHeads().Apply(Proj);
        return x + x.Apply(Norm2).Apply(Mlp);
    }
}

[Module, Ragged("n"), Where("n >= 1")]
public sealed partial class Encoder(int depth)
{
    public ModuleList<Block> Blocks { get; } = ModuleList.Repeat(depth, _ => new Block(64, 4, 256));

    public Encoder() : this(depth: 2) { }

    public Tensor Forward([Input("f32[n, 64]")] Tensor x)
    {
        foreach (Block block in Blocks)
        {
            x = x.Apply(block);
        }

        return Mean(x, axes: 0);                          // one vector for each image
    }
}
// end
