using Tessera.Ir;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>Adds sines and cosines of the position (arXiv 1706.03762), first all sines, then all cosines: <c>x[n, dim] → [n, dim]</c>.</summary>
[Module]
public sealed partial class SinusoidalPositions(int dim, double theta = 10000)
{
    public Tensor Forward(Tensor x) => x + Waves(Arange(x, x.Shape[0]), dim, theta).To(x.DType);

    /// <summary><c>positions[n] → f32[n, dim]</c>.</summary>
    internal static Tensor Waves(Tensor positions, int dim, double theta)
    {
        Tensor p = positions.To(DType.F32);
        double[] frequencies = Frequencies.Of(nameof(SinusoidalPositions), dim, theta);
        Tensor angles = p.Unsqueeze(-1) * Constant(p, [dim / 2], frequencies);
        return Concat(-1, Sin(angles), Cos(angles));
    }
}
