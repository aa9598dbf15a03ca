using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Norms of one example <c>x[channels, s…]</c>.</content>
public static partial class Functional
{
    /// <summary>Batch normalisation by given statistics: <c>(x − mean) / √(variance + ε) · weight + bias</c>, each a number for a channel.</summary>
    public static Tensor BatchNorm(Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor variance, double epsilon = 1e-5) =>
        Windows.Alone(x, one => new BatchNorm(one, weight.Value, bias.Value, mean.Value, variance.Value) { Epsilon = epsilon });

    /// <summary>Neighbouring channels in groups, each by its own mean and variance, then <c>· weight + bias</c> by channel.</summary>
    public static Tensor GroupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon = 1e-5) =>
        Windows.Alone(x, one => new GroupNorm(one, weight.Value, bias.Value) { Groups = groups, Epsilon = epsilon });

    /// <summary>Each channel by its own mean and variance, then <c>· weight + bias</c> by channel.</summary>
    public static Tensor InstanceNorm(Tensor x, Tensor weight, Tensor bias, double epsilon = 1e-5) =>
        Windows.Alone(x, one => new InstanceNorm(one, weight.Value, bias.Value) { Epsilon = epsilon });

    /// <summary>
    /// <c>x / (k + alpha / size · Σ x²)^beta</c>, the sum over the ⌊(size − 1) / 2⌋ channels before and the ⌈(size − 1) / 2⌉ behind
    /// (Krizhevsky 2012, 3.3).
    /// </summary>
    public static Tensor LocalResponseNorm(Tensor x, int size, double alpha = 1e-4, double beta = 0.75, double k = 1) =>
        Windows.Alone(x, one => new Lrn(one) { Size = size, Alpha = alpha, Beta = beta, Bias = k });
}
