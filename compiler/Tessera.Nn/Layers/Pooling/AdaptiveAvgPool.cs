namespace Tessera.Nn.Layers;

/// <summary>Means over a given number of windows: <c>x[channels, s…] → [channels, size…]</c>. An axis of symbolic size goes to 1 alone.</summary>
[Module]
public sealed partial class AdaptiveAvgPool(Extent size)
{
    /// <summary>See <see cref="Functional.AdaptiveAvgPool"/>.</summary>
    public Tensor Forward(Tensor x) => Functional.AdaptiveAvgPool(x, size);
}
