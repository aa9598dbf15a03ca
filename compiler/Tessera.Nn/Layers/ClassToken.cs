using Tessera.Nn.Weights;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>A learned token before the others (arXiv 2010.11929): <c>x[n, dim] → [n + 1, dim]</c>.</summary>
[Module]
public sealed partial class ClassToken(int dim)
{
    public Parameter Token { get; } = new([1, dim], Initializer.Zeros);

    public Tensor Forward(Tensor x) => Concat(0, Token.In(x), x);
}
