using Tessera.Nn.Models;
using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Group normalisation (arXiv 1803.08494): the channels of <c>x[channels, s…]</c> in groups of neighbours, each by its own mean and
/// variance, then <c>· weight + bias</c> by channel.
/// </summary>
[Module]
public sealed partial class GroupNorm(int groups, int channels, double epsilon = 1e-5, bool affine = true)
{
    private readonly int _channels = Checked(groups, channels);

    public Parameter? Weight { get; } = affine ? new([channels], Initializer.Ones) : null;

    public Parameter? Bias { get; } = affine ? new([channels], Initializer.Zeros) : null;

    public Tensor Forward(Tensor x) => Functional.GroupNorm(
        x, groups, Weight?.In(x) ?? ChannelCount.All(x, _channels, 1), Bias?.In(x) ?? ChannelCount.All(x, _channels, 0), epsilon);

    private static int Checked(int groups, int channels)
    {
        ModelSizes.InRange(nameof(GroupNorm), "number of groups", groups);
        ModelSizes.Divides(nameof(GroupNorm), "number of channels", ChannelCount.Of(nameof(GroupNorm), channels), "groups", groups);
        return channels;
    }
}
