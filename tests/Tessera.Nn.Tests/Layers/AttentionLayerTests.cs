using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Layers;
using Tessera.Nn.Models;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Layers made of attention.</summary>
public class AttentionLayerTests
{
    private static readonly RefTensor s_x = LayerRun.Random(1, 5, 8);

    [Fact]
    public void MultiHeadAttention_is_softmax_of_scaled_products()
    {
        MultiHeadAttention layer = new(8, 2);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Attended(run, "", "x", "x", new PlainAttention(2, 2)), run.Result());
    }

    [Fact]
    public void MultiHeadAttention_shares_key_heads_and_sets_its_own_head_size()
    {
        MultiHeadAttention layer = new(8, 6, kvHeads: 2, headDim: 3, bias: false);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Attended(run, "", "x", "x", new PlainAttention(6, 2)), run.Result());
    }

    [Fact]
    public void MultiHeadAttention_attends_to_a_context_of_another_width()
    {
        MultiHeadAttention layer = new(8, 2, contextDim: 6);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0], x[1]), ("x", s_x), ("context", LayerRun.Random(2, 3, 6)));
        Plain.Close(Attended(run, "", "x", "context", new PlainAttention(2, 2)), run.Result());
    }

    [Fact]
    public void MultiHeadAttention_normalises_queries_and_keys()
    {
        MultiHeadAttention layer = new(8, 2, qkNorm: true);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Attended(run, "", "x", "x", new PlainAttention(2, 2) { QNorm = run.Vector("q_norm.weight"), KNorm = run.Vector("k_norm.weight") }), run.Result());
    }

    [Fact]
    public void MultiHeadAttention_sees_a_causal_window_through_a_softcap()
    {
        MultiHeadAttention layer = new(8, 2, options: new AttentionOptions { Causal = true, WindowLeft = 2, Softcap = 0.7 });
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        PlainAttention plain = new(2, 2) { Sees = static (i, j) => j <= i && j >= i - 2, Softcap = 0.7 };
        Plain.Close(Attended(run, "", "x", "x", plain), run.Result());
    }

    [Fact]
    public void MultiHeadAttention_rotates_pairs_as_complex_numbers()
    {
        MultiHeadAttention layer = new(8, 2, rotary: new RotaryAngles(4, 100));
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Attended(run, "", "x", "x", new PlainAttention(2, 2) { Rotate = static (head, p) => PlainAttention.Turned(head, p, 4, 100) }), run.Result());
    }

    [Fact]
    public void Rotation_may_turn_only_the_first_features()
    {
        MultiHeadAttention layer = new(8, 2, rotary: new RotaryAngles(2, 100));
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Attended(run, "", "x", "x", new PlainAttention(2, 2) { Rotate = static (head, p) => PlainAttention.Turned(head, p, 2, 100) }), run.Result());
    }

    [Fact]
    public void Rotary_positions_refuse_a_context()
    {
        MultiHeadAttention layer = new(8, 2, rotary: new RotaryAngles(4));
        TesseraException error = Assert.Throws<TesseraException>(
            () => LayerRun.Of(layer, x => layer.Apply(x[0], x[1]), ("x", s_x), ("context", LayerRun.Random(2, 3, 8))));
        Assert.Equal("TSR0606", error.Code);
    }

    [Fact]
    public void MultiHeadAttention_adds_the_bias_of_each_distance()
    {
        RelativeBias bias = new(2, 8, 3);
        MultiHeadAttention layer = new(8, 2, relativeBias: bias);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        double[][] table = run.Weight("relative_bias.weight");
        Plain.Close(Attended(run, "", "x", "x", new PlainAttention(2, 2) { Bias = (h, i, j) => table[bias.BucketOf(j - i)][h] }), run.Result());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-60)]
    public void A_scale_of_zero_is_refused(double scale)
    {
        MultiHeadAttention layer = new(8, 2, options: new AttentionOptions { Scale = scale });
        Assert.Equal("TSR0615", Assert.Throws<TesseraException>(() => LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x))).Code);
    }

    // T5's own table for 32 buckets up to distance 128: the memory position is ahead for positive distances.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(-7, 7)]
    [InlineData(-8, 8)]
    [InlineData(-11, 8)]
    [InlineData(-12, 9)]
    [InlineData(-16, 10)]
    [InlineData(-23, 11)]
    [InlineData(-32, 12)]
    [InlineData(-64, 14)]
    [InlineData(-90, 14)]
    [InlineData(-91, 15)]
    [InlineData(-128, 15)]
    [InlineData(-100_000, 15)]
    [InlineData(1, 17)]
    [InlineData(7, 23)]
    [InlineData(8, 24)]
    [InlineData(91, 31)]
    [InlineData(100_000, 31)]
    public void Buckets_of_both_sides_are_those_of_T5(int distance, int bucket) =>
        Assert.Equal(bucket, new RelativeBias(1).BucketOf(distance));

    [Theory]
    [InlineData(5, 0)]
    [InlineData(0, 0)]
    [InlineData(-15, 15)]
    [InlineData(-16, 16)]
    [InlineData(-18, 16)]
    [InlineData(-19, 17)]
    [InlineData(-64, 26)]
    [InlineData(-127, 31)]
    [InlineData(-500, 31)]
    public void Buckets_of_a_decoder_spend_all_on_the_past(int distance, int bucket) =>
        Assert.Equal(bucket, new RelativeBias(1, bidirectional: false).BucketOf(distance));

    // Distances at which the logarithm is a whole number of buckets: the double just below it must not win.
    [Theory]
    [InlineData(9, 128, 16, 6)]
    [InlineData(10, 160, 20, 7)]
    [InlineData(19, 288, 144, 17)]
    [InlineData(36, 32, 24, 27)]
    public void Buckets_begin_where_the_formula_says_exactly(int buckets, int maxDistance, int distance, int bucket)
    {
        RelativeBias bias = new(1, buckets, maxDistance, bidirectional: false);
        Assert.Equal(bucket, bias.BucketOf(-distance));
        Assert.True(bias.BucketOf(-distance + 1) < bucket);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(31)]
    [InlineData(25)]
    public void Buckets_follow_the_formula(int maxDistance)
    {
        RelativeBias bias = new(1, 48, maxDistance, bidirectional: false);
        for (int length = 24; length < maxDistance + 100; length++)
        {
            double at = Math.Log(length / 24.0) / Math.Log(maxDistance / 24.0) * 24;
            Assert.Equal(24 + Math.Min((int)at, 23), bias.BucketOf(-length));
        }
    }

    [Theory]
    [InlineData(3, 128, true)]
    [InlineData(1, 128, false)]
    [InlineData(32, 8, true)]
    [InlineData(32, 16, false)]
    [InlineData(32, -1, true)]
    public void Buckets_that_leave_no_logarithm_are_refused(int buckets, int maxDistance, bool bidirectional) =>
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(() => new RelativeBias(1, buckets, maxDistance, bidirectional)).Code);

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Frequencies_need_a_positive_base(double theta)
    {
        MultiHeadAttention layer = new(8, 2, rotary: new RotaryAngles(4, theta));
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(() => LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x))).Code);
    }

    [Fact]
    public void RelativeBias_lists_distances_from_far_behind_to_far_ahead()
    {
        RelativeBias layer = new(2, 4, 3);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        double[][] table = run.Weight("weight");
        Plain.Close([.. Enumerable.Range(0, 2).Select(h => (double[])[.. Enumerable.Range(-3, 7).Select(d => table[layer.BucketOf(d)][h])])], run.Result());
    }

    [Fact]
    public void ParallelBlock_adds_attention_and_mlp_of_one_norm()
    {
        ParallelBlock layer = new(8, 2, 12);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        double[][] z = Plain.Map(run.Input("x"), r => Plain.RmsNorm(r, run.Vector("norm.weight")));
        PlainAttention plain = new(2, 2) { QNorm = run.Vector("q_norm.weight"), KNorm = run.Vector("k_norm.weight") };
        Plain.Close(Plain.Add(Plain.Add(run.Input("x"), Plain.Mlp(z, run, "mlp.")), Fused(run, z, null, plain)), run.Result());
    }

    [Fact]
    public void TransformerBlock_adds_attention_then_mlp_each_of_its_norm()
    {
        TransformerBlock layer = new(8, 2, 12);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        double[][] Norm(double[][] rows, string name) => Plain.Map(rows, r => Plain.LayerNorm(r, run.Vector($"{name}.weight"), run.Vector($"{name}.bias"), 1e-6));
        double[][] x = Plain.Add(run.Input("x"), Fused(run, Norm(run.Input("x"), "norm1"), run.Vector("qkv.bias"), new PlainAttention(2, 2)));
        Plain.Close(Plain.Add(x, Plain.Mlp(Norm(x, "norm2"), run, "mlp.")), run.Result());
    }

    [Fact]
    public void AttentionPool_asks_all_tokens_with_its_probe()
    {
        AttentionPool layer = new(8, 2, 12);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        double[][] pooled = Attended(run, "attention.", run.Weight("probe"), run.Input("x"), new PlainAttention(2, 2));
        double[][] normed = Plain.Map(pooled, r => Plain.LayerNorm(r, run.Vector("norm.weight"), run.Vector("norm.bias"), 1e-6));
        Plain.Close(Plain.Add(pooled, Plain.Mlp(normed, run, "mlp.")), run.Result());
        Assert.Equal([8L], run.Tensor().Dims);
    }

    [Theory]
    [InlineData(8, 3)]
    [InlineData(8, 0)]
    [InlineData(8, -2)]
    [InlineData(0, 2)]
    public void Width_that_heads_do_not_divide_is_refused(int dim, int heads)
    {
        foreach (Func<Module> make in (Func<Module>[])[
            () => new MultiHeadAttention(dim, heads), () => new ParallelBlock(dim, heads, 8), () => new TransformerBlock(dim, heads, 8), () => new NaViTBlock(dim, heads, 8)])
        {
            TesseraException error = Assert.Throws<TesseraException>(() => { make(); });
            Assert.Equal("TSR0604", error.Code);
            Assert.Contains($"{dim} features do not split into {heads} heads", error.Message, StringComparison.Ordinal);
        }
    }

    private static double[][] Attended(LayerRun run, string path, string x, string context, PlainAttention plain) =>
        Attended(run, path, run.Input(x), run.Input(context), plain);

    private static double[][] Attended(LayerRun run, string path, double[][] x, double[][] context, PlainAttention plain)
    {
        double[][] Project(double[][] rows, string name) => Plain.Linear(rows, run.Weight($"{path}{name}.weight"), run.VectorOrNull($"{path}{name}.bias"));
        return Project(plain.Run(Project(x, "q_proj"), Project(context, "k_proj"), Project(context, "v_proj")), "out_proj");
    }

    // One projection for queries, keys and values, in this order.
    private static double[][] Fused(LayerRun run, double[][] z, double[]? bias, PlainAttention plain)
    {
        double[][] qkv = Plain.Linear(z, run.Weight("qkv.weight"), bias);
        double[][] attended = plain.Run(Plain.Columns(qkv, 0, 8), Plain.Columns(qkv, 8, 16), Plain.Columns(qkv, 16, 24));
        return Plain.Linear(attended, run.Weight("proj.weight"), run.Vector("proj.bias"));
    }
}
