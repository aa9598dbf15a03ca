using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order i, o, f, c, peepholes <c>[D, 3 · h]</c> in the order i, o, f:
/// <c>c' = f · c + i · g(…)</c>, <c>h' = o · tanh(c')</c>. With <see cref="InputForget"/> f is 1 − i. See <see cref="RecurrentOp"/>.
/// </summary>
[Op("lstm")]
public sealed partial record Lstm(
    Value X, Value W, Value R, Value? Bias, Value? Lengths, Value? InitialH, Value? InitialC, Value? Peepholes) : RecurrentOp
{
    public bool InputForget { get; init; }

    private protected override int States => 2;

    private protected override int Gates => 4;

    private protected override string[] UsualActivations => ["Sigmoid", "Tanh", "Tanh"];

    private protected override double[][] Step(RecurrentCell cell, double[] x, double[][] states)
    {
        (double[] h, double[] c) = (states[0], states[1]);
        double[] Gate(int gate, int peephole, double[] seen) =>
            [.. h.Select((_, u) => cell.Activate(0, cell.Input(gate, u, x) + cell.State(gate, u, h) + (cell.Peephole(peephole, u) * seen[u])))];
        double[] i = Gate(0, 0, c);
        double[] f = InputForget ? [.. i.Select(static v => 1 - v)] : Gate(2, 2, c);
        double[] next = [.. c.Select((old, u) => (f[u] * old) + (i[u] * cell.Activate(1, cell.Input(3, u, x) + cell.State(3, u, h))))];
        double[] o = Gate(1, 1, next);
        return [[.. next.Select((v, u) => o[u] * cell.Activate(2, v))], next];
    }

    internal static OnnxMapping Onnx { get; } = Mapping("LSTM", OnnxAttr.Of("input_forget")).TakesFrom(22, DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("forward", static g => g.EmitAll(new Lstm(g.In("x", "f32[n, 2, 3]"), g.In("w", "f32[1, 16, 3]"), g.In("r", "f32[1, 16, 4]"), null, null, null, null, null) { HiddenSize = 4 })),
        new("peepholes", static g => g.EmitAll(new Lstm(
            g.In("x", "f32[3, 2, 3]"), g.In("w", "f32[2, 16, 3]"), g.In("r", "f32[2, 16, 4]"), g.In("b", "f32[2, 32]"),
            g.Constant(TensorContent.From(DType.I32, [2], [3, 2])), g.In("h", "f32[2, 2, 4]"), g.In("c", "f32[2, 2, 4]"), g.In("p", "f32[2, 12]"))
        { HiddenSize = 4, Direction = "bidirectional" })),
    ];
}
