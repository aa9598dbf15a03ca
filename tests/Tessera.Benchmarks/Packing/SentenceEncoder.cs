using Tessera.Nn;
using Tessera.Nn.Layers;

namespace Tessera.Benchmarks.Packing;

/// <summary>An encoder in the shape of BERT-base (arXiv 1810.04805) for one sentence: ids <c>[n]</c> → <c>[n, 768]</c>.</summary>
[Module, Ragged("n"), Where("n >= 1")]
public sealed partial class SentenceEncoder(int depth)
{
    public const int Words = 30522;
    public const int Dim = 768;

    public Embedding Embedding { get; } = new(Words, Dim);

    public LearnedPositions Positions { get; } = new(512, Dim);

    public LayerNorm Norm { get; } = new(Dim, 1e-12);

    public ModuleList<SentenceBlock> Blocks { get; } = ModuleList.Repeat(depth, _ => new SentenceBlock(Dim, 12, 4 * Dim));

    public SentenceEncoder() : this(12) { }

    public Tensor Forward([Input("i64[n]")] Tensor ids)
    {
        Tensor x = ids.Apply(Embedding).Apply(Positions).Apply(Norm);
        foreach (SentenceBlock block in Blocks)
        {
            x = x.Apply(block);
        }

        return x;
    }
}

/// <summary>Attention and MLP, each with a norm after its residual.</summary>
[Module]
public sealed partial class SentenceBlock(int dim, int heads, int hidden)
{
    public MultiHeadAttention Attention { get; } = new(dim, heads);

    public LayerNorm Norm1 { get; } = new(dim, 1e-12);

    public Mlp Mlp { get; } = new(dim, hidden);

    public LayerNorm Norm2 { get; } = new(dim, 1e-12);

    public Tensor Forward(Tensor x)
    {
        x = (x + x.Apply(Attention)).Apply(Norm1);
        return (x + x.Apply(Mlp)).Apply(Norm2);
    }
}
