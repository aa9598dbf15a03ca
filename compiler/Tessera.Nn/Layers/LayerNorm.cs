using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>Layer normalisation over the last axis (arXiv 1607.06450): <c>x[…, dim] → […, dim]</c>.</summary>
[Module]
public sealed partial class LayerNorm(int dim, double epsilon = 1e-5, bool bias = true)
{
    public Parameter Weight { get; } = new([dim], Initializer.Ones);

    public Parameter? Bias { get; } = bias ? new([dim], Initializer.Zeros) : null;

    public Tensor Forward(Tensor x) => Functional.LayerNorm(x, Weight.In(x), Bias?.In(x), epsilon);
}
