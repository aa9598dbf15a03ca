using Tessera.Nn.Models;

namespace Tessera.Nn.Layers;

/// <summary>What norms by channel share.</summary>
internal static class ChannelCount
{
    /// <summary>The number, checked.</summary>
    public static int Of(string layer, int channels)
    {
        ModelSizes.InRange(layer, "number of channels", channels);
        return channels;
    }

    /// <summary>One number for every channel.</summary>
    public static Tensor All(Tensor x, int channels, double value) => Functional.Constant(x, [channels], [.. Enumerable.Repeat(value, channels)]);
}
