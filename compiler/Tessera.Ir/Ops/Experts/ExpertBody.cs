namespace Tessera.Ir.Ops;

/// <summary>One expert in standard ops.</summary>
/// <param name="g">Where it is emitted.</param>
/// <param name="op">The op whose expert it is.</param>
/// <param name="tail">The expert's values, in the order of <see cref="GroupedMlp.Tail"/>.</param>
internal sealed class ExpertBody(GraphBuilder g, GroupedMlp op, Value[] tail)
{
    /// <summary><c>[N, D] → [N, D']</c>.</summary>
    public Value Apply(Value x)
    {
        Value first = Product(x, 0);
        Value h = op.Gate switch
        {
            ExpertGate.None => Activated(first),
            ExpertGate.Separate => Gated(first, Product(x, 2)),
            ExpertGate.Concatenated => Halves(first),
            _ => Interleaved(first),
        };
        return Product(h, 1);
    }

    private Value Product(Value x, int matrix)
    {
        int per = tail.Length / op.Matrices;
        int at = matrix * per;
        Value product = op.Scaled ? Quantised(x, at) : g.MatMul(x, Widening.Up(g, tail[at]));
        return op.Biases ? g.Add(product, Widening.Up(g, tail[at + per - 1])) : product;
    }

    // ONNX Runtime looks for a product of a dequantised matrix and fails on one that a branch captures: it is hidden by a leading axis.
    private Value Quantised(Value x, int at)
    {
        Value weight = g.DequantizeLinear(tail[at], tail[at + 1], op.ZeroPoints ? tail[at + 2] : null, op.BlockSize == 0 ? 1 : 0, op.BlockSize);
        Value product = g.MatMul(g.Unsqueeze(x, [0]), g.Unsqueeze(Widening.Up(g, weight), [0]));
        return g.Squeeze(product, [0]);
    }

    private Value Halves(Value both)
    {
        Dim half = Dim.FloorDiv(both.Shape[1], 2);
        Value gate = g.Slice(both, starts: [0], ends: [half], axes: [1]);
        return Gated(gate, g.Slice(both, starts: [half], ends: [both.Shape[1]], axes: [1]));
    }

    private Value Interleaved(Value both)
    {
        Value gate = g.Slice(both, starts: [0], ends: [both.Shape[1]], axes: [1], steps: [2]);
        return Gated(gate, g.Slice(both, starts: [1], ends: [both.Shape[1]], axes: [1], steps: [2]));
    }

    private Value Gated(Value gate, Value factor)
    {
        double limit = (float)op.Limit.Value;
        factor = limit == 0 ? factor : g.Min(g.Max(factor, Number(-limit)), Number(limit));
        factor = op.Beta.Value == 0 ? factor : g.Add(factor, Number((float)op.Beta.Value));
        return g.Mul(Activated(gate), factor);
    }

    private Value Activated(Value x)
    {
        double limit = (float)op.Limit.Value;
        x = limit == 0 ? x : g.Min(x, Number(limit));
        return op.Activation switch
        {
            ExpertActivation.Relu => g.Relu(x),
            ExpertActivation.Gelu => g.Gelu(x),
            ExpertActivation.GeluTanh => g.Gelu(x, tanh: true),
            ExpertActivation.Silu => g.Mul(x, g.Sigmoid(op.Alpha.Value == 1 ? x : g.Mul(x, Number((float)op.Alpha.Value)))),
            _ => x,
        };
    }

    private Value Number(double value) => g.Float(Widening.Wide(op.X.DType), value);
}
