namespace Tessera.Nn.Layers;

/// <summary>Convolution over one axis: <c>x[in, l] → [out, l']</c>, weight <c>[out, in / groups, kernel]</c> as PyTorch stores it.</summary>
[Module]
public sealed partial class Conv1d(
    int inChannels, int outChannels, int kernel, int stride = 1, Padding padding = default, int dilation = 1, int groups = 1, bool bias = true)
{
    public Parameter Weight { get; } = ConvWeights.Kernel(nameof(Conv1d), inChannels, outChannels, kernel, 1, groups);

    public Parameter? Bias { get; } = ConvWeights.Bias(bias, outChannels, inChannels / groups, kernel, 1);

    /// <summary>See <see cref="Functional.Conv"/>.</summary>
    public Tensor Forward(Tensor x) => Functional.Conv(x, Weight.In(x), Bias?.In(x), stride, padding, dilation, groups);
}
