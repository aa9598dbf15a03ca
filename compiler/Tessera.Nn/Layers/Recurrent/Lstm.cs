using Tessera.Ir;

namespace Tessera.Nn.Layers;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997): <c>x[t, in] → [t, directions · hidden]</c>. Gates of the weights are in
/// PyTorch's order i, f, g, o. See <see cref="RecurrentLayer"/>.
/// </summary>
public sealed class Lstm(int inFeatures, int hidden, int layers = 1, bool bidirectional = false, bool bias = true)
    : RecurrentLayer(nameof(Lstm), 4, inFeatures, hidden, layers, bidirectional, bias)
{
    // ONNX has i, o, f, c.
    private protected override int[] Gates => [0, 3, 1, 2];

    /// <summary>From given states <c>[layers · directions, hidden]</c>, with the last ones.</summary>
    public (Tensor Y, Tensor H, Tensor C) Apply(Tensor x, Tensor h, Tensor c)
    {
        using Scope scope = Enter(x);
        return Run(x, [h, c]) is [var y, var hidden, var cell] ? (y, hidden, cell) : throw new InvalidOperationException();
    }

    private protected override Op Cell(RecurrentOperands operands, string direction) =>
        new Ir.Ops.Lstm(operands.X, operands.W, operands.R, operands.Bias, null, operands.State(0), operands.State(1), null)
        {
            HiddenSize = operands.Hidden,
            Direction = direction,
        };
}
