namespace Tessera.Nn.Layers;

/// <summary>Greatest elements of a given number of windows: <c>x[channels, s…] → [channels, size…]</c>. An axis of symbolic size goes to 1 alone.</summary>
[Module]
public sealed partial class AdaptiveMaxPool(Extent size)
{
    /// <summary>See <see cref="Functional.AdaptiveMaxPool"/>.</summary>
    public Tensor Forward(Tensor x) => Functional.AdaptiveMaxPool(x, size);
}
