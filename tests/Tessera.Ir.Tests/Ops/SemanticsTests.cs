using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Ir.Tests.Ops;

/// <summary>Values at which implementations of these ops disagree.</summary>
public class SemanticsTests
{
    private const double Inf = double.PositiveInfinity;

    [Fact]
    public void Div_of_integers_truncates() =>
        Assert.Equal([3, -3, -3, 3], Ints(static (g, a, b) => g.Div(a, b), [7, -7, 7, -7], [2, 2, -2, -2]));

    [Fact]
    public void Div_of_the_least_integer_by_minus_one_wraps() =>
        Assert.Equal([long.MinValue], Ints(static (g, a, b) => g.Div(a, b), [long.MinValue], [-1]));

    [Fact]
    public void Div_of_unsigned_integers_is_unsigned() =>
        Assert.Equal([1], Ints(static (g, a, b) => g.Div(a, b), [-1], [-1], "u64"));

    [Fact]
    public void Div_of_integers_by_zero_is_an_error()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Ints(static (g, a, b) => g.Div(a, b), [1], [0]));
        Assert.Contains("divided by zero", error.Message, StringComparison.Ordinal);
        Assert.Empty(Ints(static (g, a, b) => g.Div(a, g.Ints(0)), [], []));
    }

    [Fact]
    public void Mod_has_the_sign_of_the_divisor() =>
        Assert.Equal([1, 2, -2, -1, 0], Ints(static (g, a, b) => g.Mod(a, b), [7, -7, 7, -7, long.MinValue], [3, 3, -3, -3, -1]));

    [Fact]
    public void Fmod_has_the_sign_of_the_dividend()
    {
        Assert.Equal([1, -1, 1, -1], Ints(static (g, a, b) => g.Mod(a, b, fmod: true), [7, -7, 7, -7], [3, 3, -3, -3]));
        Assert.Equal([1.5, -1.5, 0.5], Floats(static (g, a, b) => g.Mod(a, b, fmod: true), [5.5, -5.5, 7.5], [2, -2, -1]));
    }

    [Fact]
    public void Mod_of_floats_needs_fmod() =>
        Assert.Equal("TSR0206", Assert.Throws<TesseraException>(() => Floats(static (g, a, b) => g.Mod(a, b), [1], [2])).Code);

    [Fact]
    public void Pow_of_integers_wraps_and_truncates() =>
        Assert.Equal([unchecked(3486784401L * 3486784401 * 3), 0, -1, 1], Ints(static (g, a, b) => g.Pow(a, b), [3, 2, -1, 0], [41, -1, -3, 0]));

    [Fact]
    public void Comparisons_fail_on_NaN_and_know_unsigned_integers()
    {
        Assert.Equal([false, true, false], Bools(static (g, a, b) => g.LessOrEqual(a, b), [double.NaN, 1, 2], [1, 1, double.NaN]));
        Assert.Equal([false, true], Bools(static (g, a, b) => g.Equal(a, b), [double.NaN, 0], [double.NaN, -0d]));
        RefTensor u64 = RefTensor.Ints(DType.U64, [2], [-1, 1]);
        RefTensor greater = Run(static (g, x) => [g.Greater(x[0], x[1])], u64, RefTensor.Ints(DType.U64, [2], [1, -1]))[0];
        Assert.Equal([true, false], greater.B);
    }

    [Fact]
    public void Min_and_max_pass_NaN_on()
    {
        Assert.Equal([double.NaN, double.NaN, 1], Floats(static (g, a, b) => g.Min(a, b), [double.NaN, 1, 1], [1, double.NaN, 2]));
        Assert.Equal([double.NaN, 2], Floats(static (g, a, b) => g.Max(a, b), [double.NaN, 1], [1, 2]));
    }

    [Fact]
    public void Round_takes_ties_to_even() =>
        Assert.Equal([-2, -2, -0d, 0, 2, 2, 3], Floats(static (g, a, _) => g.Round(a), [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.6], [0]));

    [Fact]
    public void Erf_keeps_its_digits() =>
        Assert.All(
            Floats(static (g, a, _) => g.Erf(a), [0.5, -1, 3, 0, Inf], [0]).Zip([0.5204998778130465, -0.8427007929497149, 0.9999779095030014, 0, 1]),
            static p => Assert.Equal(p.Second, p.First, 1e-15));

    [Fact]
    public void Cast_rounds_floats_to_even_and_overflows_to_infinity()
    {
        Assert.Equal([2048, 2052, Inf, -Inf], Cast([2049, 2051, 65520, -1e9], DType.F16).F);
        Assert.Equal([256, 1.0078125, double.NaN], Cast([257, 1.00585, double.NaN], DType.BF16).F);
    }

    [Fact]
    public void Cast_to_integers_drops_the_fraction_and_saturates()
    {
        Assert.Equal([1, -1, 0, 127, -128], Cast([1.9, -1.9, double.NaN, 1e9, -Inf], DType.I8).I);
        Assert.Equal([0, 255], Cast([-3, 300], DType.U8).I);
        Assert.Equal([long.MaxValue, long.MinValue, 0], Cast([Inf, -Inf, double.NaN], DType.I64).I);
        Assert.Equal([-1, 0], Cast([Inf, -1], DType.U64).I);
    }

    [Fact]
    public void Cast_of_integers_wraps_and_of_bools_counts()
    {
        Assert.Equal([44, -1], Run(static (g, x) => [g.Cast(x[0], DType.I8)], RefTensor.Ints(DType.I64, [2], [300, -1]))[0].I);
        Assert.Equal([true, true, false], Cast([double.NaN, 0.25, -0d], DType.Bool).B);
        Assert.Equal([1, 0], Run(static (g, x) => [g.Cast(x[0], DType.F32)], RefTensor.Bools([2], [true, false]))[0].F);
    }

    [Fact]
    public void Clip_of_crossed_bounds_is_the_upper_one() =>
        Assert.Equal([-1, -1, double.NaN], Floats(static (g, a, _) => g.Clip(a, g.Float(DType.F32, 1), g.Float(DType.F32, -1)), [0, 5, double.NaN], [0]));

    [Fact]
    public void LogSumExp_survives_infinities_and_large_values()
    {
        Assert.Equal([1000 + Math.Log(2)], Reduce(static (g, x) => g.ReduceLogSumExp(x, [0]), 1000, 1000));
        Assert.Equal([-Inf], Reduce(static (g, x) => g.ReduceLogSumExp(x, [0]), -Inf, -Inf));
        Assert.Equal([3], Reduce(static (g, x) => g.ReduceLogSumExp(x, [0]), -Inf, 3));
        Assert.Equal([Inf], Reduce(static (g, x) => g.ReduceLogSumExp(x, [0]), Inf, 3));
        Assert.Equal([double.NaN], Reduce(static (g, x) => g.ReduceLogSumExp(x, [0]), double.NaN, 3));
        Assert.Equal([-Inf], Reduce(static (g, x) => g.ReduceLogSumExp(x, [0])));
    }

    [Fact]
    public void Reductions_of_nothing_give_their_identity()
    {
        Assert.Equal([0], Reduce(static (g, x) => g.ReduceSum(x, [0])));
        Assert.Equal([1], Reduce(static (g, x) => g.ReduceProd(x, [0])));
        Assert.Equal([-Inf], Reduce(static (g, x) => g.ReduceMax(x, [0])));
        Assert.Equal([Inf], Reduce(static (g, x) => g.ReduceMin(x, [0])));
        Assert.Equal([double.NaN], Reduce(static (g, x) => g.ReduceMean(x, [0])));
    }

    [Fact]
    public void Reductions_pass_NaN_on()
    {
        Assert.Equal([double.NaN], Reduce(static (g, x) => g.ReduceMax(x, [0]), 1, double.NaN));
        Assert.Equal([double.NaN], Reduce(static (g, x) => g.ReduceMin(x, [0]), double.NaN, 1));
    }

    [Fact]
    public void Reductions_know_unsigned_integers()
    {
        RefTensor x = RefTensor.Ints(DType.U64, [3], [1, -1, 2]);
        Assert.Equal([-1], Run(static (g, v) => [g.ReduceMax(v[0])], x)[0].I);
        Assert.Equal([1], Run(static (g, v) => [g.ReduceMin(v[0])], x)[0].I);
        Assert.Equal([255], Run(static (g, v) => [g.ReduceMin(v[0])], RefTensor.Ints(DType.U8, [0], []))[0].I);
    }

    [Fact]
    public void CumSum_leaves_out_its_own_element_and_turns_round()
    {
        RefTensor x = RefTensor.Ints(DType.I64, [3], [1, 2, 4]);
        RefTensor[] results = Run(
            static (g, v) => [g.CumSum(v[0], 0), g.CumSum(v[0], 0, exclusive: true), g.CumSum(v[0], 0, reverse: true), g.CumSum(v[0], 0, true, true)], x);
        Assert.Equal(["1,3,7", "0,1,3", "7,6,4", "6,4,0"], results.Select(static r => string.Join(",", r.I)));
    }

    [Fact]
    public void ArgMax_takes_the_first_of_equal_elements()
    {
        RefTensor x = RefTensor.Floats(DType.F32, [4], [1, 3, 3, 2]);
        Assert.Equal([1], Run(static (g, v) => [g.ArgMax(v[0])], x)[0].I);
        Assert.Equal([2], Run(static (g, v) => [g.ArgMax(v[0], selectLastIndex: true)], x)[0].I);
        Assert.Equal([0], Run(static (g, v) => [g.ArgMin(v[0])], x)[0].I);
    }

    [Fact]
    public void Segment_reductions_keep_NaN_in_its_segment()
    {
        RefTensor x = RefTensor.Floats(DType.F32, [3, 1], [double.NaN, 1, 2]);
        RefTensor cu = RefTensor.Ints(DType.I32, [4], [0, 1, 1, 3]);
        double[] Of(SegmentReduction kind) => Run((g, v) => [g.SegmentReduce(v[0], v[1], kind)], x, cu)[0].F;
        Assert.Equal([double.NaN, 0, 3], Of(SegmentReduction.Sum));
        Assert.Equal([double.NaN, 0, 1.5], Of(SegmentReduction.Mean));
        Assert.Equal([double.NaN, -Inf, 2], Of(SegmentReduction.Max));
        Assert.Equal(-Inf, Of(SegmentReduction.Logsumexp)[1]);
    }

    [Fact]
    public void LayerNorm_has_the_biased_variance()
    {
        RefTensor one = RefTensor.Floats(DType.F64, [2], [1, 1]);
        RefTensor y = Run(static (g, v) => [g.LayerNorm(v[0], v[1], epsilon: 0)], RefTensor.Floats(DType.F64, [1, 2], [1, 3]), one)[0];
        Assert.Equal([-1, 1], y.F);
    }

    private static double[] Floats(Func<GraphBuilder, Value, Value, Value> op, double[] a, double[] b) =>
        Run((g, x) => [op(g, x[0], x[1])], RefTensor.Floats(DType.F32, [a.Length], a), RefTensor.Floats(DType.F32, [b.Length], b))[0].F;

    private static bool[] Bools(Func<GraphBuilder, Value, Value, Value> op, double[] a, double[] b) =>
        Run((g, x) => [op(g, x[0], x[1])], RefTensor.Floats(DType.F32, [a.Length], a), RefTensor.Floats(DType.F32, [b.Length], b))[0].B;

    private static long[] Ints(Func<GraphBuilder, Value, Value, Value> op, long[] a, long[] b, string dtype = "i64")
    {
        Assert.True(DTypes.TryParse(dtype, out DType type));
        return Run((g, x) => [op(g, x[0], x[1])], RefTensor.Ints(type, [a.Length], a), RefTensor.Ints(type, [b.Length], b))[0].I;
    }

    private static RefTensor Cast(double[] x, DType to) => Run((g, v) => [g.Cast(v[0], to)], RefTensor.Floats(DType.F64, [x.Length], x))[0];

    private static double[] Reduce(Func<GraphBuilder, Value, Value> op, params double[] x) =>
        Run((g, v) => [op(g, v[0])], RefTensor.Floats(DType.F32, [x.Length], x))[0].F;

    // Inputs of exactly the given sizes; unused ones are fine.
    private static RefTensor[] Run(Func<GraphBuilder, Value[], Value[]> build, params RefTensor[] inputs)
    {
        GraphBuilder g = new();
        Value[] values = [.. inputs.Select((x, i) => g.Input($"x{i}", new TensorType(x.DType, Shape.Of(x.Dims))))];
        Graph graph = new()
        {
            Name = "g",
            Builder = g,
            Inputs = values,
            Outputs = [.. build(g, values).Select(static (v, i) => new GraphOutput($"y{i}", v))],
        };
        Verifier.Verify(graph);
        return [.. Evaluator.Run(graph, inputs.Select(static (x, i) => ($"x{i}", (RefValue)x)).ToDictionary(static p => p.Item1, static p => p.Item2)).Cast<RefTensor>()];
    }
}
