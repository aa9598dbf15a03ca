using Tessera.Ir.Evaluate;
using Xunit;

namespace Tessera.Ir.Tests.Ops;

/// <summary>The oracle of attention against numbers worked out by hand: D = E = 1, so that logits are products of two numbers.</summary>
public class AttentionTests
{
    private static readonly double[] s_v = [1, 10, 100];

    // With q = 0 all visible keys weigh the same: the result is the mean of what a query sees.
    [Theory]
    [InlineData(false, -1, -1, new[] { 37.0, 37.0, 37.0 })]
    [InlineData(true, -1, -1, new[] { 1.0, 5.5, 37.0 })]
    [InlineData(false, 1, -1, new[] { 37.0, 37.0, 55.0 })]
    [InlineData(false, -1, 1, new[] { 5.5, 37.0, 37.0 })]
    [InlineData(false, 0, 0, new[] { 1.0, 10.0, 100.0 })]
    [InlineData(true, 1, -1, new[] { 1.0, 5.5, 55.0 })]
    public void Query_sees_what_position_allows(bool causal, long left, long right, double[] expected) => Close(
        expected,
        Run([0, 0, 0], [1, 1, 1], s_v, (g, q, k, v) => g.Attention(q, k, v, causal: causal, windowLeft: left, windowRight: right)[0]));

    [Fact]
    public void Query_that_sees_no_key_gives_zero() => Close(
        [1, 0, 0],
        Run([0, 0, 0], [1], [1], static (g, q, k, v) => g.Attention(q, k, v, windowLeft: 0)[0]));

    [Theory]
    [InlineData("window_left", -2L)]
    [InlineData("window_right", -5L)]
    [InlineData("softcap", -1.0)]
    [InlineData("softcap", double.NaN)]
    [InlineData("softcap", double.PositiveInfinity)]
    [InlineData("scale", double.NaN)]
    [InlineData("scale", double.NegativeInfinity)]
    [InlineData("norm_epsilon", -1e-6)]
    [InlineData("norm_epsilon", double.NaN)]
    public void Attributes_without_a_meaning_are_refused(string name, object value)
    {
        GraphBuilder g = new();
        (Value q, Value k, Value cu) = (g.In("q", "f32[n, 2, 4]"), g.In("k", "f32[m, 2, 4]"), g.In("cu", "i32[b + 1]"));
        foreach (Ir.Ops.AttentionOp op in (Ir.Ops.AttentionOp[])[new Ir.Ops.Attention(q, k, k), new Ir.Ops.PackedAttention(q, k, k, cu, cu)])
        {
            Ir.Ops.AttentionOp with = (name, value) switch
            {
                ("window_left", long w) => op with { WindowLeft = w },
                ("window_right", long w) => op with { WindowRight = w },
                ("softcap", double r) => op with { Softcap = r },
                ("scale", double r) => op with { Scale = r },
                (_, double r) => op with { NormEpsilon = r },
                _ => throw new ArgumentException(name),
            };
            TesseraException error = Assert.Throws<TesseraException>(() => g.Emit(with));
            Assert.Equal("TSR0211", error.Code);
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Scale_multiplies_the_product() => Close(
        [Mean(Math.Exp(0.5 * 2), Math.Exp(0))],
        Run([2], [1, 0], [0, 1], static (g, q, k, v) => g.Attention(q, k, v, scale: 0.5)[0]));

    [Fact]
    public void Softcap_bends_logits_before_the_bias() => Close(
        [Mean(Math.Exp((3 * Math.Tanh(4.0 / 3)) + 0.25), Math.Exp(1))],
        Run([2], [2, 0], [0, 1], static (g, q, k, v) => g.Attention(q, k, v, bias: g.Constant(Reals([1, 3], [0, 0.25, 1])), softcap: 3)[0]));

    [Fact]
    public void Bias_is_chosen_by_clamped_distance() => Close(
        [Mean3(Math.Exp(0.5), Math.Exp(2), Math.Exp(2)), Mean3(Math.Exp(-1), Math.Exp(0.5), Math.Exp(2)), Mean3(Math.Exp(-1), Math.Exp(-1), Math.Exp(0.5))],
        Run([0, 0, 0], [1, 1, 1], [0, 1, 2], static (g, q, k, v) => g.Attention(q, k, v, bias: g.Constant(Reals([1, 3], [-1, 0.5, 2])))[0]));

    [Fact]
    public void Norms_make_queries_and_keys_of_size_one() => Close(
        [Mean(Math.Exp(2 * 3), Math.Exp(-2 * 3))],
        Run([5], [7, -0.1], [0, 1], static (g, q, k, v) => g.Attention(
            q, k, v, qNorm: g.Constant(Reals([1], [2])), kNorm: g.Constant(Reals([1], [3])), normEpsilon: 1e-30)[0]));

    [Fact]
    public void Query_heads_share_key_heads_in_order()
    {
        GraphBuilder g = new();
        Value q = g.Constant(Reals([1, 4, 1], [0, 0, 0, 0]));
        Value k = g.Constant(Reals([1, 2, 1], [1, 1]));
        Value v = g.Constant(Reals([1, 2, 1], [3, 8]));
        Close([3, 3, 8, 8], Evaluate(g, g.Attention(q, k, v)[0]));
    }

    [Fact]
    public void Packed_segments_do_not_see_each_other()
    {
        GraphBuilder g = new();
        Value x = g.Constant(Reals([4, 1, 1], [0, 0, 0, double.NaN]));
        Value v = g.Constant(Reals([4, 1, 1], [1, 3, 7, double.NaN]));
        Value cu = g.Constant(TensorContent.From<int>(DType.I32, [5], [0, 2, 2, 3, 4]));
        double[] result = Evaluate(g, g.PackedAttention(x, x, v, cu, cu));
        Close([2, 2, 7], result[..3]);
        Assert.True(double.IsNaN(result[3]));
    }

    private static double Mean(double first, double second) => second / (first + second);

    private static double Mean3(double a, double b, double c) => (b + (2 * c)) / (a + b + c);

    private static double[] Run(double[] q, double[] k, double[] v, Func<GraphBuilder, Value, Value, Value, Value> attention)
    {
        GraphBuilder g = new();
        Value Heads(double[] x) => g.Constant(Reals([x.Length, 1, 1], x));
        return Evaluate(g, attention(g, Heads(q), Heads(k), Heads(v)));
    }

    private static TensorContent Reals(long[] dims, double[] values) => RefTensors.ToContent(RefTensor.Floats(DType.F64, dims, values));

    private static double[] Evaluate(GraphBuilder g, Value value)
    {
        Graph graph = new() { Name = "g", Builder = g, Inputs = [], Outputs = [new GraphOutput("y", value)] };
        return ((RefTensor)Evaluator.Run(graph, new Dictionary<string, RefValue>())[0]).F;
    }

    private static void Close(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), static p => Assert.Equal(p.First, p.Second, 1e-9));
    }
}
