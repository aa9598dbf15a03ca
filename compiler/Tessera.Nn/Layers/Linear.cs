using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary><c>x Wᵀ + b</c>: <c>x[…, in] → […, out]</c>, weight <c>[out, in]</c> as PyTorch stores it.</summary>
[Module]
public sealed partial class Linear(int inFeatures, int outFeatures, bool bias = true)
{
    public Parameter Weight { get; } = new([outFeatures, inFeatures], Initializer.KaimingUniform(Math.Sqrt(5)));

    public Parameter? Bias { get; } = bias ? new([outFeatures], Initializer.Zeros) : null;

    public Tensor Forward(Tensor x)
    {
        Tensor y = x.MatMul(Weight.In(x).Transpose());
        return Bias is null ? y : y + Bias.In(x);
    }
}
