using Tessera.Ir.Ops;
using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Cuts an image into patches and projects each (arXiv 2010.11929): <c>x[channels, h, w] → [h/p · w/p, dim]</c>, patches
/// row by row. Sides must be multiples of the patch. Images of many sizes come to a packed model as patches already; there a <see cref="Linear"/> does it.
/// </summary>
[Module]
public sealed partial class PatchEmbed(int channels, int dim, int patch)
{
    public Parameter Weight { get; } = new([dim, channels, patch, patch], Initializer.LecunNormal());

    public Parameter Bias { get; } = new([dim], Initializer.Zeros);

    public Tensor Forward(Tensor x)
    {
        PatchGrid.Require(x, 1, patch);
        PatchGrid.Require(x, 2, patch);
        Tensor image = x.Unsqueeze(0);
        Tensor w = Weight.In(x);
        Tensor b = Bias.In(x);
        Tensor grid = x.Emit(_ => new Conv(image.Value, w.Value, b.Value) { Strides = [patch, patch] });
        return grid.Reshape([dim, grid.Shape[2] * grid.Shape[3]]).Transpose(1, 0);
    }
}
