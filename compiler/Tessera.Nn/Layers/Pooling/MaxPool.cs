namespace Tessera.Nn.Layers;

/// <summary>The greatest element of each window: <c>x[channels, s…] → [channels, o…]</c>, over as many axes as x has. Steps are as large as the window unless given.</summary>
[Module]
public sealed partial class MaxPool(Extent kernel, Extent stride = default, Padding padding = default, Extent dilation = default, bool ceil = false)
{
    /// <summary>See <see cref="Functional.MaxPool"/>.</summary>
    public Tensor Forward(Tensor x) => Functional.MaxPool(x, kernel, stride, padding, dilation, ceil);
}
