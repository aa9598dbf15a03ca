using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Layers;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Recurrent layers against PyTorch's formulas, step by step, over weights in PyTorch's layout.</summary>
public class RecurrentLayerTests
{
    private const int Hidden = 3;

    private static readonly RefTensor s_x = LayerRun.Random(41, 5, 2);

    // states[0] is the hidden one; a gate's rows are those of PyTorch's order.
    private delegate double[][] Step(Func<int, double[]> input, Func<int, double[]> state, double[][] states);

    [Theory]
    [InlineData(1, false, true)]
    [InlineData(1, true, false)]
    [InlineData(2, false, false)]
    [InlineData(3, true, true)]
    public void Lstm_is_PyTorchs(int layers, bool bidirectional, bool bias)
    {
        Lstm layer = new(2, Hidden, layers, bidirectional, bias);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Network(run, LstmStep, 2, layers, bidirectional, null).Y, run.Result());
    }

    [Theory]
    [InlineData(1, false, true)]
    [InlineData(1, true, false)]
    [InlineData(2, true, true)]
    public void Gru_is_PyTorchs(int layers, bool bidirectional, bool bias)
    {
        Gru layer = new(2, Hidden, layers, bidirectional, bias);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Network(run, GruStep, 1, layers, bidirectional, null).Y, run.Result());
    }

    [Theory]
    [InlineData(1, false, true, false)]
    [InlineData(2, true, true, true)]
    [InlineData(1, true, false, true)]
    public void Rnn_is_PyTorchs(int layers, bool bidirectional, bool bias, bool relu)
    {
        Rnn layer = new(2, Hidden, layers, bidirectional, bias, relu);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Func<double, double> f = relu ? static v => Math.Max(v, 0) : Math.Tanh;
        double[][] Plain1(Func<int, double[]> input, Func<int, double[]> state, double[][] states) => [[.. input(0).Zip(state(0), (a, b) => f(a + b))]];
        Plain.Close(Network(run, Plain1, 1, layers, bidirectional, null).Y, run.Result());
    }

    [Fact]
    public void States_go_in_and_come_out()
    {
        (RefTensor h, RefTensor c) = (LayerRun.Random(42, 4, Hidden), LayerRun.Random(43, 4, Hidden));
        for (int result = 0; result < 3; result++)
        {
            Lstm layer = new(2, Hidden, 2, true);
            LayerRun run = LayerRun.Of(
                layer,
                x => layer.Apply(x[0], x[1], x[2]) is var all && result == 0 ? all.Y : result == 1 ? all.H : all.C,
                ("x", s_x),
                ("h", h),
                ("c", c));
            (double[][] y, double[][][] last) = Network(run, LstmStep, 2, 2, true, [Plain.Rows(h), Plain.Rows(c)]);
            Plain.Close(result == 0 ? y : last[result - 1], run.Result());
        }

        Gru gru = new(2, Hidden, 2, true);
        LayerRun gated = LayerRun.Of(gru, x => gru.Apply(x[0], x[1]).H, ("x", s_x), ("h", h));
        Plain.Close(Network(gated, GruStep, 1, 2, true, [Plain.Rows(h)]).Last[0], gated.Result());
        Rnn rnn = new(2, Hidden, 2, true);
        LayerRun plain = LayerRun.Of(rnn, x => rnn.Apply(x[0], x[1]).H, ("x", s_x), ("h", h));
        double[][] Tanh(Func<int, double[]> input, Func<int, double[]> state, double[][] states) => [[.. input(0).Zip(state(0), static (a, b) => Math.Tanh(a + b))]];
        Plain.Close(Network(plain, Tanh, 1, 2, true, [Plain.Rows(h)]).Last[0], plain.Result());
    }

    [Fact]
    public void What_does_not_fit_is_refused_at_its_line()
    {
        Lstm layer = new(2, Hidden);
        Refused("TSR0622", "x is f32[1, 5, 2]", layer, x => layer.Apply(x[0]), "f32[1, 5, 2]");
        Refused("TSR0622", "takes [1, 3]", layer, x => layer.Apply(x[0], x[1], x[1]).Y, "f32[5, 2]", "f32[2, 3]");
        Refused("TSR0203", "f32[5, 1, 4]", layer, x => layer.Apply(x[0]), "f32[5, 4]");
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(static () => new Gru(2, 0)).Code);
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(static () => new Rnn(2, 3, layers: 0)).Code);
    }

    private static void Refused(string code, string says, Module layer, Func<Tensor[], Tensor> forward, params string[] types)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => LayerRun.Text(layer, forward, types));
        Assert.Equal(code, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("(RecurrentLayerTests.cs:", error.Place, StringComparison.Ordinal);
    }

    // i, f, g, o: c' = f c + i g, h' = o tanh(c').
    private static double[][] LstmStep(Func<int, double[]> input, Func<int, double[]> state, double[][] states)
    {
        double[] Gate(int gate, Func<double, double> f) => [.. input(gate).Zip(state(gate), (a, b) => f(a + b))];
        (double[] i, double[] f, double[] g, double[] o) = (Gate(0, Sigmoid), Gate(1, Sigmoid), Gate(2, Math.Tanh), Gate(3, Sigmoid));
        double[] c = [.. states[1].Select((old, u) => (f[u] * old) + (i[u] * g[u]))];
        return [[.. c.Select((v, u) => o[u] * Math.Tanh(v))], c];
    }

    // r, z, n: n = tanh(W x + r (U h + b)), h' = (1 − z) n + z h.
    private static double[][] GruStep(Func<int, double[]> input, Func<int, double[]> state, double[][] states)
    {
        double[] Gate(int gate) => [.. input(gate).Zip(state(gate), static (a, b) => Sigmoid(a + b))];
        (double[] r, double[] z) = (Gate(0), Gate(1));
        double[] n = [.. input(2).Select((v, u) => Math.Tanh(v + (r[u] * state(2)[u])))];
        return [[.. states[0].Select((h, u) => ((1 - z[u]) * n[u]) + (z[u] * h))]];
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static (double[][] Y, double[][][] Last) Network(LayerRun run, Step step, int states, int layers, bool bidirectional, double[][][]? first)
    {
        int directions = bidirectional ? 2 : 1;
        double[][] x = run.Input("x");
        List<double[]>[] last = [.. Enumerable.Range(0, states).Select(static _ => new List<double[]>())];
        for (int layer = 0; layer < layers; layer++)
        {
            double[][] y = [.. x.Select(_ => new double[Hidden * directions])];
            for (int d = 0; d < directions; d++)
            {
                string suffix = $"_l{layer}{(d == 1 ? "_reverse" : "")}";
                double[][] now = [.. Enumerable.Range(0, states).Select(s => first?[s][(layer * directions) + d] ?? new double[Hidden])];
                for (int k = 0; k < x.Length; k++)
                {
                    int t = d == 1 ? x.Length - 1 - k : k;
                    double[][] old = now;
                    now = step(
                        gate => Rows(run, $"weight_ih{suffix}", $"bias_ih{suffix}", x[t], gate),
                        gate => Rows(run, $"weight_hh{suffix}", $"bias_hh{suffix}", old[0], gate),
                        old);
                    now[0].CopyTo(y[t], d * Hidden);
                }

                for (int s = 0; s < states; s++)
                {
                    last[s].Add(now[s]);
                }
            }

            x = y;
        }

        return (x, [.. last.Select(static l => l.ToArray())]);
    }

    private static double[] Rows(LayerRun run, string weight, string bias, double[] values, int gate) =>
    [
        .. run.Weight(weight).Skip(gate * Hidden).Take(Hidden).Select((row, u) =>
            Plain.Dot(row, values) + (run.VectorOrNull(bias)?[(gate * Hidden) + u] ?? 0)),
    ];
}
