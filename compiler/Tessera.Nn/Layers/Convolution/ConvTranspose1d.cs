namespace Tessera.Nn.Layers;

/// <summary>
/// The transpose of a convolution over one axis: <c>x[in, l] → [out, l']</c>, weight <c>[in, out / groups, kernel]</c> as PyTorch
/// stores it.
/// </summary>
[Module]
public sealed partial class ConvTranspose1d(
    int inChannels, int outChannels, int kernel, int stride = 1, Padding padding = default, int outputPadding = 0, int groups = 1, bool bias = true,
    int dilation = 1)
{
    public Parameter Weight { get; } = ConvWeights.TransposedKernel(nameof(ConvTranspose1d), inChannels, outChannels, kernel, 1, groups);

    public Parameter? Bias { get; } = ConvWeights.Bias(bias, outChannels, outChannels / groups, kernel, 1);

    /// <summary>See <see cref="Functional.ConvTranspose"/>.</summary>
    public Tensor Forward(Tensor x) => Functional.ConvTranspose(x, Weight.In(x), Bias?.In(x), stride, padding, outputPadding, dilation, groups);
}
