using CsCheck;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Sparse and differentiable top-k against its definition (arXiv 2302.01425) and the values that its authors print.</summary>
public class SparseTopKTests
{
    private const double FourThirds = 4.0 / 3;

    private static readonly double[] s_norms = [FourThirds, 1.5, 2, 3];

    [Theory]
    [InlineData(1, 2, new[] { 0.875, 0.575, 0.475, 0.075 })]
    [InlineData(1, FourThirds, new[] { 1, 0.573473880, 0.390322065, 0.036204056 })]
    [InlineData(0.2, 2, new[] { 1, 0.75, 0.25, 0 })]
    [InlineData(0.2, FourThirds, new[] { 1, 0.899300209, 0.100699791, 0 })]
    public void Mask_has_its_exact_values(double lambda, double p, double[] expected) => Close(expected, Mask([0.5, 0.2, 0.1, -0.3], 2, lambda, p), 2e-8);

    [Theory]
    [InlineData(2, new[] { 0.92, -0.72, 0.52, 0 })]
    [InlineData(FourThirds, new[] { 1, -0.785731365, 0.599529960, 0 })]
    public void Magnitude_has_its_exact_values(double p, double[] expected) => Close(expected, Magnitude([1, -0.9, 0.8, 0.1], 2, 1, p), 5e-8);

    [Fact]
    public void The_values_of_the_authors_readme_hold()
    {
        Close([0, 0, 1, 1], Mask([-5, -2, 3, 1], 2, 0.01, 2), 0);
        Close([-5, 0, 3, 0], Magnitude([-5, -2, 3, 1], 2, 0.01, 2), 0);
        Close([0.5, 0.5, 0, 1], Mask([0, 0, -5, 5], 2, 0.01, 2), 1e-12);
        Close([0.5, 0.5, 0, 1], Mask([0, 0, -5, 5], 2, 0.01, FourThirds), 1e-12);
    }

    // The figure: y₂ + y₃ of x(s) = (3, 1, s − 1, s) at s = 0.5.
    [Theory]
    [InlineData(2, 0.75)]
    [InlineData(FourThirds, 0.8993)]
    public void The_figure_of_the_readme_holds(double p, double expected)
    {
        double[] y = Mask([3, 1, -0.5, 0.5], 2, 1, p);
        Assert.Equal(expected, y[1], 1e-4);
        Assert.Equal(2, y.Sum(), 1e-9);
    }

    [Fact]
    public void It_is_what_pooling_adjacent_violators_finds() => Gen.Select(Rows, Gen.Int[1, 6], Gen.Double[-3, 1], Gen.Int[0, 3], Gen.Bool).Sample(
        static (x, k, exponent, norm, magnitude) =>
        {
            (double lambda, double p) = (Math.Pow(10, exponent), s_norms[norm]);
            double[] expected = PlainSoftTopK.PoolAdjacentViolators(x, k, Single(lambda), Single(p), magnitude);
            Close(expected, magnitude ? Magnitude(x, k, lambda, p) : Mask(x, k, lambda, p), 2e-6 / Math.Min(lambda, 1));
        },
        iter: 300, seed: "0N0XIzNsQ0O2", threads: 1);

    // At ten elements the projections have come to rest; at 256 they would not have.
    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-2)]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(10)]
    public void It_is_where_Dykstras_projections_come_to_rest(double lambda)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            double[] x = LayerRun.Random(seed, 10).F;
            Close(PlainSoftTopK.Dykstra(x, 3, lambda, 2000), Mask(x, 3, lambda, 2), 1e-4);
        }
    }

    [Fact]
    public void A_mask_sums_to_k_and_follows_a_permutation() => Gen.Select(Rows, Gen.Int[1, 6], Gen.Double[-2, 1], Gen.Int[0, 3]).Sample(
        static (x, k, exponent, norm) =>
        {
            double[] y = Mask(x, k, Math.Pow(10, exponent), s_norms[norm]);
            Assert.Equal(k, y.Sum(), 1e-6);
            Assert.All(y, static v => Assert.InRange(v, 0, 1));
            double[] turned = Mask([.. x.Skip(3), .. x.Take(3)], k, Math.Pow(10, exponent), s_norms[norm]);
            Close([.. y.Skip(3), .. y.Take(3)], turned, 1e-12);
        },
        iter: 200, seed: "0N0XIzNsQ0O2", threads: 1);

    [Fact]
    public void A_small_lambda_selects_as_hard_top_k_does()
    {
        double[] x = Spaced(50);
        double[] hard = [.. x.Select(v => x.Count(other => other > v) < 7 ? 1.0 : 0)];
        foreach (double p in s_norms)
        {
            Close(hard, Mask(x, 7, 1e-3, p), 0);
            Close([.. x.Zip(hard, static (v, h) => v * h)], Magnitude(x, 7, 1e-3, p), 0);
        }
    }

    // Ten of a thousand stand out, by more than λ times what any norm asks for.
    [Fact]
    public void Of_a_thousand_exactly_ten_are_left()
    {
        Random random = new(23);
        double[] x = [.. Enumerable.Range(0, 1000).Select(i => i < 10 ? 1.2 + (0.08 * i) : (1.8 * random.NextDouble()) - 0.9)];
        random.Shuffle(x);
        double[] either = [.. x.Select((v, i) => i % 2 == 0 ? v : -v)];
        foreach (double p in s_norms)
        {
            Assert.Equal([.. x.Select(static v => v > 1 ? 1.0 : 0)], Mask(x, 10, 1e-2, p));
            Assert.Equal([.. either.Select(static v => Math.Abs(v) > 1 ? v : 0)], Magnitude(either, 10, 1e-2, p));
        }
    }

    [Fact]
    public void Selected_rows_are_those_of_the_last_axis()
    {
        RefTensor x = LayerRun.Random(3, 2, 3, 5);
        double[] y = FunctionRun.Of(static t => Functional.SparseTopK(t[0], 2, 0.3, 2), x).F;
        Close([.. x.F.Chunk(5).SelectMany(static r => PlainSoftTopK.PoolAdjacentViolators(r, 2, Single(0.3), 2))], y, 1e-9);
    }

    private static Gen<double[]> Rows => Gen.Double[-2, 2].Select(static v => (double)(float)v).Array[7, 12];

    // 0.02 apart, and so further than λ = 0.01, in an order drawn by lot.
    private static double[] Spaced(int count)
    {
        Random random = new(19);
        double[] x = [.. Enumerable.Range(1, count).Select(i => (0.02 * i) + (random.NextDouble() * 0.005))];
        random.Shuffle(x);
        return x;
    }

    private static double[] Mask(double[] x, int k, double lambda, double p) =>
        FunctionRun.Of(t => Functional.SparseTopK(t[0], k, lambda, p), RefTensor.Floats(DType.F64, [x.Length], x)).F;

    private static double[] Magnitude(double[] x, int k, double lambda, double p) =>
        FunctionRun.Of(t => Functional.SparseTopK(t[0], k, lambda, p, magnitude: true), RefTensor.Floats(DType.F64, [x.Length], x)).F;

    // Attributes of ONNX nodes are f32, but 4/3 is meant exactly.
    private static double Single(double value) => value == FourThirds ? value : (float)value;

    private static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, tolerance));
    }
}
