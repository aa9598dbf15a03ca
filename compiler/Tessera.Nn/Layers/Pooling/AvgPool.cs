namespace Tessera.Nn.Layers;

/// <summary>The mean of each window: <c>x[channels, s…] → [channels, o…]</c>, over as many axes as x has. Steps are as large as the window unless given.</summary>
[Module]
public sealed partial class AvgPool(Extent kernel, Extent stride = default, Padding padding = default, bool ceil = false, bool countPadding = true)
{
    /// <summary>See <see cref="Functional.AvgPool"/>.</summary>
    public Tensor Forward(Tensor x) => Functional.AvgPool(x, kernel, stride, padding, ceil, countPadding);
}
