namespace Tessera.Nn.Layers;

/// <summary>Drops features while training; at inference, which is all that is compiled yet, it passes them on.</summary>
/// <param name="p">Probability of dropping, in [0, 1).</param>
[Module]
public sealed partial class Dropout(double p = 0.5)
{
    public double P { get; } = p is >= 0 and < 1 ? p : throw new Ir.TesseraException("TSR0605", "Dropout", $"the probability must lie in [0, 1); it is {p}.");

#pragma warning disable CA1822 // a layer's Forward is called on the layer, whatever it uses of it
    public Tensor Forward(Tensor x) => x;
#pragma warning restore CA1822
}
