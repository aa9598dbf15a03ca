using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>Gated linear unit (arXiv 2002.05202): <c>down(silu(gate(x)) · up(x))</c>, <c>x[…, dim] → […, dim]</c>.</summary>
[Module]
public sealed partial class GatedMlp(int dim, int hidden, bool bias = false)
{
    public Linear GateProj { get; } = new(dim, hidden, bias);

    public Linear UpProj { get; } = new(dim, hidden, bias);

    public Linear DownProj { get; } = new(hidden, dim, bias);

    public Tensor Forward(Tensor x) => (Silu(x.Apply(GateProj)) * x.Apply(UpProj)).Apply(DownProj);
}
