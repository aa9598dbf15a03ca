using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <summary>Functions of symbolic tensors; <c>using static</c> brings them into a model's <c>Forward</c>.</summary>
public static partial class Functional
{
    /// <summary>Gaussian error linear unit, exact or by tanh.</summary>
    public static Tensor Gelu(Tensor x, bool tanh = false) => x.Emit(_ => new Gelu(x.Value) { Tanh = tanh });

    /// <summary>Softmax along one axis.</summary>
    public static Tensor Softmax(Tensor x, int axis = -1) => x.Emit(_ => new Softmax(x.Value) { Axis = axis });
}
