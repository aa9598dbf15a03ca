using Tessera.Ir;
using Tessera.Nn.Models;
using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Weights of convolutions as PyTorch stores and starts them: both kernel and bias uniform within ±1/√fan_in, fan_in the number of
/// elements that make up one of the result.
/// </summary>
internal static class ConvWeights
{
    /// <summary><c>[out, in / groups, k…]</c>.</summary>
    public static Parameter Kernel(string layer, int inChannels, int outChannels, Extent kernel, int axes, int groups)
    {
        Check(layer, inChannels, outChannels, groups);
        return Of(layer, outChannels, inChannels / groups, kernel, axes);
    }

    /// <summary><c>[in, out / groups, k…]</c>.</summary>
    public static Parameter TransposedKernel(string layer, int inChannels, int outChannels, Extent kernel, int axes, int groups)
    {
        Check(layer, inChannels, outChannels, groups);
        return Of(layer, inChannels, outChannels / groups, kernel, axes);
    }

    /// <summary>A bias for each channel of the result; null for none.</summary>
    /// <param name="bias">Whether there is one.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="second">The kernel's second size.</param>
    /// <param name="kernel">Its others.</param>
    /// <param name="axes">How many these are.</param>
    public static Parameter? Bias(bool bias, int outChannels, int second, Extent kernel, int axes)
    {
        double bound = 1 / Math.Sqrt(kernel.Over(nameof(Conv1d), "the kernel", axes, 0, 1).Aggregate((double)second, static (a, k) => a * k));
        return bias ? new([outChannels], Initializer.Uniform(-bound, bound)) : null;
    }

    private static Parameter Of(string layer, int first, int second, Extent kernel, int axes) => new(
        [first, second, .. kernel.Over(layer, "the kernel", axes, 0, 1).Select(Dim.Const)], Initializer.KaimingUniform(Math.Sqrt(5)));

    private static void Check(string layer, int inChannels, int outChannels, int groups)
    {
        ModelSizes.InRange(layer, "number of groups", groups);
        ModelSizes.InRange(layer, "number of channels of x", inChannels);
        ModelSizes.InRange(layer, "number of channels of the result", outChannels);
        ModelSizes.Divides(layer, "number of channels of x", inChannels, "groups", groups);
        ModelSizes.Divides(layer, "number of channels of the result", outChannels, "groups", groups);
    }
}
