namespace Tessera.Nn.Layers;

/// <summary>The mean of each channel: <c>x[channels, s…] → [channels]</c>.</summary>
[Module]
public sealed partial class GlobalAvgPool
{
#pragma warning disable CA1822 // a layer's Forward is called on the layer, whatever it uses of it
    public Tensor Forward(Tensor x) => Functional.GlobalAvgPool(x);
#pragma warning restore CA1822
}
