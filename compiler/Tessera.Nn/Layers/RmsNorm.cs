using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>Root-mean-square normalisation over the last axis (arXiv 1910.07467): <c>x[…, dim] → […, dim]</c>.</summary>
[Module]
public sealed partial class RmsNorm(int dim, double epsilon = 1e-6)
{
    public Parameter Weight { get; } = new([dim], Initializer.Ones);

    public Tensor Forward(Tensor x) => Functional.RmsNorm(x, Weight.In(x), epsilon);
}
