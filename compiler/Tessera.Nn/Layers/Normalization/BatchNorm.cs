using Tessera.Ir;
using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Batch normalisation by running statistics (arXiv 1502.03167, inference): <c>x[channels, s…]</c> of any rank to the same,
/// <c>(x − mean) / √(variance + ε) · weight + bias</c> by channel. Statistics of the batch itself would mix examples.
/// </summary>
[Module]
public sealed partial class BatchNorm(int channels, double epsilon = 1e-5, bool affine = true)
{
    public Parameter? Weight { get; } = affine ? new([ChannelCount.Of(nameof(BatchNorm), channels)], Initializer.Ones) : null;

    public Parameter? Bias { get; } = affine ? new([channels], Initializer.Zeros) : null;

    public Parameter RunningMean { get; } = new([ChannelCount.Of(nameof(BatchNorm), channels)], Initializer.Zeros);

    public Parameter RunningVar { get; } = new([channels], Initializer.Ones);

    /// <summary>How often training has renewed the statistics; PyTorch's files hold it.</summary>
    public Parameter NumBatchesTracked { get; } = new([], Initializer.Zeros, DType.I64) { FileOnly = true };

    public Tensor Forward(Tensor x) => Functional.BatchNorm(
        x,
        Weight?.In(x) ?? ChannelCount.All(x, channels, 1),
        Bias?.In(x) ?? ChannelCount.All(x, channels, 0),
        RunningMean.In(x),
        RunningVar.In(x),
        epsilon);
}
