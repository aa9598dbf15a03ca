using Tessera.Nn;
using Tessera.Nn.Models;

namespace Tessera.Gpu.Bench;

/// <summary>A layer of NaViT for one image of n patches.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class NaViTLayer(int dim, int heads)
{
    public int Dim { get; } = dim;

    public NaViTBlock Block { get; } = new(dim, heads, 4 * dim);

    public NaViTLayer()
        : this(768, 12)
    {
    }

    public Tensor Forward([Input("f32[n, {Dim}]")] Tensor x) => x.Apply(Block);
}
