using Tessera.Nn;
using Tessera.Nn.Layers;
using static Tessera.Nn.Functional;

namespace Tessera.Compiler.Tests;

/// <summary>A small speech encoder: convolutions, one with a stride, and norms over the frames, pools, then recurrent layers.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class SpeechModel
{
    public Conv1d Conv1 { get; } = new(8, 12, 3, padding: Padding.Same);

    public BatchNorm Norm1 { get; } = new(12);

    public Conv1d Depthwise { get; } = new(12, 12, 5, padding: Padding.Causal, groups: 12);

    public Conv1d Conv2 { get; } = new(12, 12, 3, stride: 2, padding: 1);

    public GroupNorm Norm2 { get; } = new(3, 12);

    public Lstm Lstm { get; } = new(12, 6, bidirectional: true);

    public Gru Gru { get; } = new(12, 5, layers: 2);

    public (Tensor Frames, Tensor Best, Tensor All) Forward([Input("f32[n, 8]")] Tensor x)
    {
        Tensor y = Silu(x.Transpose(1, 0).Apply(Conv1)).Apply(Norm1).Apply(Depthwise);
        Tensor pooled = MaxPool(y, 3, stride: 1, padding: 1) + AvgPool(y, 3, stride: 1, padding: 1, countPadding: false);
        Tensor frames = pooled.Apply(Conv2).Apply(Norm2).Transpose(1, 0).Apply(Lstm).Apply(Gru);
        return (frames, Max(frames, axes: 0), GlobalAvgPool(y));
    }
}

/// <summary>A small network of images: convolutions, pools, norms and resizing in two dimensions.</summary>
[Module]
public sealed partial class ImageModel
{
    public Conv2d Stem { get; } = new(3, 8, 3, stride: 2, padding: 1, bias: false);

    public BatchNorm Norm { get; } = new(8);

    public Conv2d Depthwise { get; } = new(8, 8, (3, 1), padding: (1, 0), groups: 8);

    public ConvTranspose2d Up { get; } = new(8, 4, 2, stride: 2);

    public InstanceNorm Own { get; } = new(4, affine: true);

    public Linear Head { get; } = new(4 * 6, 5);

    public Tensor Forward([Input("f32[3, 16, 20]")] Tensor image)
    {
        Tensor y = MaxPool(Relu(image.Apply(Stem).Apply(Norm)), 3, stride: 1, padding: 1).Apply(Depthwise);
        y = LocalResponseNorm(y, 3) + Resize(AvgPool(y, 2), (8, 10), Interpolation.Linear);
        y = y.Apply(Up).Apply(Own);
        return AdaptiveAvgPool(y, (2, 3)).Reshape([4 * 6]).Apply(Head);
    }
}
