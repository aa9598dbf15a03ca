namespace Tessera.Nn.Layers;

/// <summary>Convolution over three axes: <c>x[in, t, h, w] → [out, t', h', w']</c>, weight <c>[out, in / groups, kt, kh, kw]</c> as PyTorch stores it.</summary>
[Module]
public sealed partial class Conv3d(
    int inChannels, int outChannels, Extent kernel, Extent stride = default, Padding padding = default, Extent dilation = default, int groups = 1, bool bias = true)
{
    public Parameter Weight { get; } = ConvWeights.Kernel(nameof(Conv3d), inChannels, outChannels, kernel, 3, groups);

    public Parameter? Bias { get; } = ConvWeights.Bias(bias, outChannels, inChannels / groups, kernel, 3);

    /// <summary>See <see cref="Functional.Conv"/>.</summary>
    public Tensor Forward(Tensor x) => Functional.Conv(x, Weight.In(x), Bias?.In(x), stride, padding, dilation, groups);
}
