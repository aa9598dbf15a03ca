using Tessera.Ir;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>Angles of the rotary embedding (arXiv 2104.09864): <c>positions[n] → cos, sin f32[n, rotary_dim / 2]</c>, angle <c>p · θ^(−2i / rotary_dim)</c>.</summary>
/// <param name="rotaryDim">How many features of a head turn; even.</param>
/// <param name="theta">Base of the frequencies.</param>
[Module]
public sealed partial class RotaryAngles(int rotaryDim, double theta = 10000)
{
    public (Tensor Cos, Tensor Sin) Forward(Tensor positions)
    {
        Tensor p = positions.To(DType.F32);
        double[] frequencies = Frequencies.Of(nameof(RotaryAngles), rotaryDim, theta);
        Tensor angles = p.Unsqueeze(-1) * Constant(p, [rotaryDim / 2], frequencies);
        return (Cos(angles), Sin(angles));
    }
}
