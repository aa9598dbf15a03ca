using Tessera.Ir;
using Tessera.Nn.Models;
using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>Scores experts by a linear layer and routes by it, in f32 whatever the model computes in: <c>x[n, dim] → Routing</c>.</summary>
/// <param name="dim">Width of x.</param>
/// <param name="experts">E, the number of experts.</param>
/// <param name="options">The router; see <see cref="Routers"/>.</param>
/// <param name="bias">Whether the linear layer has a bias.</param>
/// <param name="noise">Added to the logits; null for none. What it draws belongs to no single example: such a model is not batched.</param>
[Module]
public sealed partial class Router(int dim, int experts, RouteOptions options, bool bias = false, RouterNoise? noise = null)
{
    public RouteOptions Options { get; } = options;

    /// <summary>E, the number of experts.</summary>
    public int Experts { get; } = Checked(dim, experts);

    public Parameter Weight { get; } = new([experts, dim], Initializer.KaimingUniform(Math.Sqrt(5)), DType.F32);

    public Parameter? Bias { get; } = bias ? new([experts], Initializer.Zeros, DType.F32) : null;

    [WeightName("e_score_correction_bias")]
    public Parameter? SelectionBias { get; } = options.SelectionBias ? new([experts], Initializer.Zeros, DType.F32) : null;

    public Routing Forward(Tensor x)
    {
        Tensor logits = x.To(DType.F32).MatMul(Weight.In(x).Transpose());
        logits = Bias is null ? logits : logits + Bias.In(x);
        Tensor routed = noise is null ? logits : Functional.Noise(logits, noise.Deviation, noise.Seed);
        return Functional.Route(routed, Options, SelectionBias?.In(x)) with { CleanLogits = logits };
    }

    private static int Checked(int dim, int experts)
    {
        ModelSizes.InRange(nameof(Router), "width", dim);
        ModelSizes.InRange(nameof(Router), "number of experts", experts);
        return experts;
    }
}
