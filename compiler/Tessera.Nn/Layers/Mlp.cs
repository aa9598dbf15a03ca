using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>Two linear layers with a GELU between: <c>x[…, dim] → […, dim]</c>.</summary>
[Module]
public sealed partial class Mlp(int dim, int hidden, bool bias = true)
{
    public Linear Fc1 { get; } = new(dim, hidden, bias);

    public Linear Fc2 { get; } = new(hidden, dim, bias);

    public Tensor Forward(Tensor x) => Gelu(x.Apply(Fc1)).Apply(Fc2);
}
