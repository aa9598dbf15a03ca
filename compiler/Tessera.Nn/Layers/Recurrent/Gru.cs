using Tessera.Ir;

namespace Tessera.Nn.Layers;

/// <summary>
/// The gated recurrent unit (arXiv 1406.1078) in PyTorch's form, whose reset gate weighs the product of the state with its weights:
/// <c>x[t, in] → [t, directions · hidden]</c>. Gates of the weights are in PyTorch's order r, z, n. See <see cref="RecurrentLayer"/>.
/// </summary>
public sealed class Gru(int inFeatures, int hidden, int layers = 1, bool bidirectional = false, bool bias = true)
    : RecurrentLayer(nameof(Gru), 3, inFeatures, hidden, layers, bidirectional, bias)
{
    // ONNX has z, r, h.
    private protected override int[] Gates => [1, 0, 2];

    /// <summary>From a given state <c>[layers · directions, hidden]</c>, with the last one.</summary>
    public (Tensor Y, Tensor H) Apply(Tensor x, Tensor h)
    {
        using Scope scope = Enter(x);
        return Run(x, [h]) is [var y, var last] ? (y, last) : throw new InvalidOperationException();
    }

    private protected override Op Cell(RecurrentOperands operands, string direction) =>
        new Ir.Ops.Gru(operands.X, operands.W, operands.R, operands.Bias, null, operands.State(0))
        {
            HiddenSize = operands.Hidden,
            Direction = direction,
            LinearBeforeReset = true,
        };
}
