using Tessera.Ir;

namespace Tessera.Nn.Layers;

/// <summary>Sides that patches must fill: what a convolution with a stride would drop in silence.</summary>
internal static class PatchGrid
{
    /// <summary>Refuses a side that is no multiple of the patch; where it is not known yet, the model requires it.</summary>
    /// <exception cref="TesseraException">TSR0614.</exception>
    public static void Require(Tensor x, int axis, int patch)
    {
        Dim side = axis < x.Rank && patch > 0 ? x.Shape[axis] : throw new TesseraException(
            "TSR0614", x.Tracer.Here().ToString(), $"{x.Value.Type} is not cut along axis {axis} into patches of {patch}.", "Images are [channels, h, w], videos [channels, t, h, w].");
        switch (x.Tracer.Builder.Facts.Divisible(side, patch))
        {
            case Proof.Disproved:
                throw new TesseraException(
                    "TSR0614", x.Tracer.Here().ToString(), $"axis {axis} of {x.Value.Type} is no multiple of the patch {patch}.", "Resize or pad it to one.");
            case Proof.Unknown:
                x.Tracer.Builder.Assume(new Constraint.Divisible(side, patch));
                break;
        }
    }
}
