using Tessera.Nn.Weights;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>Adds a learned row for each position, counted from the start of the example: <c>x[n, dim] → [n, dim]</c>, n ≤ count.</summary>
[Module]
public sealed partial class LearnedPositions(int count, int dim)
{
    public Parameter Weight { get; } = new([count, dim], Initializer.Normal(0, 0.02));

    public Tensor Forward(Tensor x) => x + Weight.In(x).Gather(Arange(x, x.Shape[0]));
}
