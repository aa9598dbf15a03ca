namespace Tessera.Nn.Layers;

/// <summary>Convolution over two axes: <c>x[in, h, w] → [out, h', w']</c>, weight <c>[out, in / groups, kh, kw]</c> as PyTorch stores it.</summary>
[Module]
public sealed partial class Conv2d(
    int inChannels, int outChannels, Extent kernel, Extent stride = default, Padding padding = default, Extent dilation = default, int groups = 1, bool bias = true)
{
    public Parameter Weight { get; } = ConvWeights.Kernel(nameof(Conv2d), inChannels, outChannels, kernel, 2, groups);

    public Parameter? Bias { get; } = ConvWeights.Bias(bias, outChannels, inChannels / groups, kernel, 2);

    /// <summary>See <see cref="Functional.Conv"/>.</summary>
    public Tensor Forward(Tensor x) => Functional.Conv(x, Weight.In(x), Bias?.In(x), stride, padding, dilation, groups);
}
