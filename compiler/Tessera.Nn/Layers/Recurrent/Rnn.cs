using Tessera.Ir;

namespace Tessera.Nn.Layers;

/// <summary>
/// The plain recurrent network, <c>h' = f(w · x + r · h + bias)</c> with tanh or ReLU: <c>x[t, in] → [t, directions · hidden]</c>. See
/// <see cref="RecurrentLayer"/>.
/// </summary>
public sealed class Rnn(int inFeatures, int hidden, int layers = 1, bool bidirectional = false, bool bias = true, bool relu = false)
    : RecurrentLayer(nameof(Rnn), 1, inFeatures, hidden, layers, bidirectional, bias)
{
    private protected override int[] Gates => [0];

    /// <summary>From a given state <c>[layers · directions, hidden]</c>, with the last one.</summary>
    public (Tensor Y, Tensor H) Apply(Tensor x, Tensor h)
    {
        using Scope scope = Enter(x);
        return Run(x, [h]) is [var y, var last] ? (y, last) : throw new InvalidOperationException();
    }

    private protected override Op Cell(RecurrentOperands operands, string direction) =>
        new Ir.Ops.Rnn(operands.X, operands.W, operands.R, operands.Bias, null, operands.State(0))
        {
            HiddenSize = operands.Hidden,
            Direction = direction,
            Activations = relu ? [.. Enumerable.Repeat("Relu", direction == "forward" ? 1 : 2)] : [],
        };
}
