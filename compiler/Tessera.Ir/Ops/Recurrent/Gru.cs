using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The gated recurrent unit (arXiv 1406.1078), gates in the order z, r, h: <c>h' = (1 − z) · g(…) + z · h</c>. The reset gate r weighs the state before
/// the product with its weights or, when <see cref="LinearBeforeReset"/> is set, the product with its bias. See <see cref="RecurrentOp"/>.
/// </summary>
[Op("gru")]
public sealed partial record Gru(Value X, Value W, Value R, Value? Bias, Value? Lengths, Value? InitialH) : RecurrentOp
{
    public bool LinearBeforeReset { get; init; }

    private protected override int States => 1;

    private protected override int Gates => 3;

    private protected override string[] UsualActivations => ["Sigmoid", "Tanh"];

    private protected override double[][] Step(RecurrentCell cell, double[] x, double[][] states)
    {
        double[] h = states[0];
        double[] Gate(int gate) => [.. h.Select((_, u) => cell.Activate(0, cell.Input(gate, u, x) + cell.State(gate, u, h)))];
        (double[] z, double[] r) = (Gate(0), Gate(1));
        double[] reset = [.. h.Zip(r, static (a, b) => a * b)];
        double Candidate(int u) => cell.Activate(1, cell.Input(2, u, x) + (LinearBeforeReset ? r[u] * cell.State(2, u, h) : cell.State(2, u, reset)));
        return [[.. h.Select((old, u) => ((1 - z[u]) * Candidate(u)) + (z[u] * old))]];
    }

    internal static OnnxMapping Onnx { get; } = Mapping("GRU", OnnxAttr.Of("linear_before_reset")).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("forward", static g => g.EmitAll(new Gru(g.In("x", "f32[n, 2, 3]"), g.In("w", "f32[1, 12, 3]"), g.In("r", "f32[1, 12, 4]"), null, null, null) { HiddenSize = 4 })),
        new("linear before reset", static g => g.EmitAll(new Gru(
            g.In("x", "f32[3, 2, 3]"), g.In("w", "f32[1, 12, 3]"), g.In("r", "f32[1, 12, 4]"), g.In("b", "f32[1, 24]"), null, g.In("h", "f32[1, 2, 4]"))
        { HiddenSize = 4, Direction = "reverse", LinearBeforeReset = true })),
    ];
}
