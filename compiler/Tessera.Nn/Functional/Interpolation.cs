namespace Tessera.Nn;

/// <summary>How elements between others follow from them when a tensor is resized.</summary>
public enum Interpolation
{
    /// <summary>The element <c>⌊i / scale⌋</c>, as PyTorch's nearest.</summary>
    Nearest,

    /// <summary>Linear along each axis: bilinear on images, trilinear on volumes.</summary>
    Linear,

    /// <summary>Cubic convolution along each axis, a = −0.75 (Keys 1981).</summary>
    Cubic,
}
