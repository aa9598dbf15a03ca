namespace Tessera.Nn.Layers;

/// <summary>The greatest element of each channel: <c>x[channels, s…] → [channels]</c>.</summary>
[Module]
public sealed partial class GlobalMaxPool
{
#pragma warning disable CA1822 // a layer's Forward is called on the layer, whatever it uses of it
    public Tensor Forward(Tensor x) => Functional.GlobalMaxPool(x);
#pragma warning restore CA1822
}
