using Tessera.Ir.Ops;
using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Cuts a video into tubelets and projects each (ViViT, arXiv 2103.15691):
/// <c>x[channels, t, h, w] → [t/pt · h/p · w/p, dim]</c>, frames outermost, then rows. Each side must be a multiple of the tubelet's.
/// </summary>
[Module]
public sealed partial class TubeletEmbed(int channels, int dim, int frames, int patch)
{
    public Parameter Weight { get; } = new([dim, channels, frames, patch, patch], Initializer.LecunNormal());

    public Parameter Bias { get; } = new([dim], Initializer.Zeros);

    public Tensor Forward(Tensor x)
    {
        PatchGrid.Require(x, 1, frames);
        PatchGrid.Require(x, 2, patch);
        PatchGrid.Require(x, 3, patch);
        Tensor video = x.Unsqueeze(0);
        Tensor w = Weight.In(x);
        Tensor b = Bias.In(x);
        Tensor grid = x.Emit(_ => new Conv(video.Value, w.Value, b.Value) { Strides = [frames, patch, patch] });
        return grid.Reshape([dim, grid.Shape[2] * grid.Shape[3] * grid.Shape[4]]).Transpose(1, 0);
    }
}
