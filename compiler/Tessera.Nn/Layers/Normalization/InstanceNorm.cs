using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Instance normalisation (arXiv 1607.08022): each channel of <c>x[channels, s…]</c> by its own mean and variance, then, where it is
/// affine, <c>· weight + bias</c>. As in PyTorch it is not, unless asked for.
/// </summary>
[Module]
public sealed partial class InstanceNorm(int channels, double epsilon = 1e-5, bool affine = false)
{
    public Parameter? Weight { get; } = affine ? new([ChannelCount.Of(nameof(InstanceNorm), channels)], Initializer.Ones) : null;

    public Parameter? Bias { get; } = affine ? new([channels], Initializer.Zeros) : null;

    public Tensor Forward(Tensor x) => Functional.InstanceNorm(
        x, Weight?.In(x) ?? ChannelCount.All(x, channels, 1), Bias?.In(x) ?? ChannelCount.All(x, channels, 0), epsilon);
}
