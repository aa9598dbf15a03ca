using Tessera.Nn;
using Tessera.Nn.Layers;

namespace Tessera.Examples.NativeAot;

/// <summary>
/// Reads the digits of one line, each of 5 × 7 pixels. With the weights beside it, a score is minus the number of pixels in which a digit differs
/// from the one that is drawn: Σ x·(2g − 1) − Σ g, of pixels x and a glyph g of zeros and ones.
/// </summary>
[Module, Ragged("n"), Where("n >= 1")]
public sealed partial class Digits
{
    /// <summary>One row a digit.</summary>
    public Linear Glyphs { get; } = new(35, 10);

    public Tensor Forward([Input("f32[n, 35]")] Tensor pixels) => pixels.Apply(Glyphs);
}
