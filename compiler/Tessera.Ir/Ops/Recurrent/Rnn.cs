using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The plain recurrent network: <c>h' = f(w · x + r · h + bias)</c>. See <see cref="RecurrentOp"/>.</summary>
[Op("rnn")]
public sealed partial record Rnn(Value X, Value W, Value R, Value? Bias, Value? Lengths, Value? InitialH) : RecurrentOp
{
    private protected override int States => 1;

    private protected override int Gates => 1;

    private protected override string[] UsualActivations => ["Tanh"];

    private protected override double[][] Step(RecurrentCell cell, double[] x, double[][] states) =>
        [[.. Enumerable.Range(0, (int)HiddenSize).Select(u => cell.Activate(0, cell.Input(0, u, x) + cell.State(0, u, states[0])))]];

    internal static OnnxMapping Onnx { get; } = Mapping("RNN").TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("forward", static g => g.EmitAll(new Rnn(g.In("x", "f32[n, 2, 3]"), g.In("w", "f32[1, 4, 3]"), g.In("r", "f32[1, 4, 4]"), null, null, null) { HiddenSize = 4 })),
        new("both ways", static g => g.EmitAll(new Rnn(
            g.In("x", "f32[3, 2, 3]"), g.In("w", "f32[2, 4, 3]"), g.In("r", "f32[2, 4, 4]"), g.In("b", "f32[2, 8]"),
            g.Constant(TensorContent.From(DType.I32, [2], [3, 1])), g.In("h", "f32[2, 2, 4]"))
        { HiddenSize = 4, Direction = "bidirectional", Activations = ["Relu", "Tanh"] })),
    ];
}
