using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <summary>Functions of symbolic tensors; <c>using static Tessera.Nn.Functional</c> brings them into a model's <c>Forward</c>.</summary>
public static partial class Functional
{
    /// <summary>Gaussian error linear unit, exact or by tanh.</summary>
    public static Tensor Gelu(Tensor x, bool tanh = false) => x.Emit(_ => new Gelu(x.Value) { Tanh = tanh });

    /// <summary><c>x · σ(x)</c> (swish).</summary>
    public static Tensor Silu(Tensor x) => x.Emit(_ => new Silu(x.Value));

    public static Tensor Relu(Tensor x) => x.Emit(_ => new Relu(x.Value));

    public static Tensor Sigmoid(Tensor x) => x.Emit(_ => new Sigmoid(x.Value));

    public static Tensor Tanh(Tensor x) => x.Emit(_ => new Tanh(x.Value));

    public static Tensor Exp(Tensor x) => x.Emit(_ => new Exp(x.Value));

    public static Tensor Log(Tensor x) => x.Emit(_ => new Log(x.Value));

    public static Tensor Sqrt(Tensor x) => x.Emit(_ => new Sqrt(x.Value));

    public static Tensor Abs(Tensor x) => x.Emit(_ => new Abs(x.Value));

    public static Tensor Floor(Tensor x) => x.Emit(_ => new Floor(x.Value));

    public static Tensor Sin(Tensor x) => x.Emit(_ => new Sin(x.Value));

    public static Tensor Cos(Tensor x) => x.Emit(_ => new Cos(x.Value));

    /// <summary>Softmax along one axis.</summary>
    public static Tensor Softmax(Tensor x, int axis = -1) => x.Emit(_ => new Softmax(x.Value) { Axis = axis });

    /// <summary>Logarithm of the softmax along one axis.</summary>
    public static Tensor LogSoftmax(Tensor x, int axis = -1) => x.Emit(_ => new LogSoftmax(x.Value) { Axis = axis });

    /// <summary><c>x / √(mean(x²) + ε) · weight</c> over the last axis.</summary>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon = 1e-6) => x.Emit(_ => new RmsNorm(x.Value, weight.Value) { Epsilon = epsilon });

    /// <summary><c>(x − mean) / √(variance + ε) · weight + bias</c> over the last axis.</summary>
    public static Tensor LayerNorm(Tensor x, Tensor weight, Tensor? bias = null, double epsilon = 1e-5) =>
        x.Emit(_ => new LayerNorm(x.Value, weight.Value, bias?.Value) { Epsilon = epsilon });
}
