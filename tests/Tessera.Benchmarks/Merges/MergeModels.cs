using Tessera.Nn;
using Tessera.Nn.Layers;

namespace Tessera.Benchmarks.Merges;

/// <summary>A pre-norm block with separate projections for queries, keys and values; heads of 64.</summary>
[Module, Ragged("n"), Where("n >= 1")]
public sealed partial class SeparateBlock(int dim)
{
    public LayerNorm Norm1 { get; } = new(dim);

    public MultiHeadAttention Attention { get; } = new(dim, dim / 64);

    public LayerNorm Norm2 { get; } = new(dim);

    public Mlp Mlp { get; } = new(dim, 4 * dim);

    public SeparateBlock() : this(192) { }

    public Tensor Forward([Input("f32[n, {dim}]")] Tensor x)
    {
        x += x.Apply(Norm1).Apply(Attention);
        return x + x.Apply(Norm2).Apply(Mlp);
    }
}

/// <summary>The block of ViT-22B at a smaller width; heads of 64.</summary>
[Module, Ragged("n"), Where("n >= 1")]
public sealed partial class ParallelModel(int dim)
{
    public ParallelBlock Block { get; } = new(dim, dim / 64, 4 * dim);

    public ParallelModel() : this(192) { }

    public Tensor Forward([Input("f32[n, {dim}]")] Tensor x) => x.Apply(Block);
}
