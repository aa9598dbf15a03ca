namespace Tessera.Nn.Layers;

/// <summary>
/// The transpose of a convolution over three axes: <c>x[in, t, h, w] → [out, t', h', w']</c>, weight <c>[in, out / groups, kt, kh, kw]</c> as PyTorch
/// stores it.
/// </summary>
[Module]
public sealed partial class ConvTranspose3d(
    int inChannels, int outChannels, Extent kernel, Extent stride = default, Padding padding = default, Extent outputPadding = default, int groups = 1, bool bias = true,
    Extent dilation = default)
{
    public Parameter Weight { get; } = ConvWeights.TransposedKernel(nameof(ConvTranspose3d), inChannels, outChannels, kernel, 3, groups);

    public Parameter? Bias { get; } = ConvWeights.Bias(bias, outChannels, outChannels / groups, kernel, 3);

    /// <summary>See <see cref="Functional.ConvTranspose"/>.</summary>
    public Tensor Forward(Tensor x) => Functional.ConvTranspose(x, Weight.In(x), Bias?.In(x), stride, padding, outputPadding, dilation, groups);
}
