using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>Rows of a table at integer ids: <c>ids[…] → […, dim]</c>.</summary>
[Module]
public sealed partial class Embedding(int count, int dim)
{
    public Parameter Weight { get; } = new([count, dim], Initializer.Normal(0, 1));

    public Tensor Forward(Tensor ids) => Weight.In(ids).Gather(ids);
}
