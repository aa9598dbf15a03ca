using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Tests;

public sealed class SparseTopKTests
{
    private const double NaN = double.NaN, Inf = double.PositiveInfinity;

    /// <summary>Values of the closed form, from the paper's own formula.</summary>
    public static TheoryData<double[], int, float, float, bool, double[]> Goldens => new()
    {
        { [.5, .2, .1, -.3], 2, 1, 2, false, [.875, .575, .475, .075] },
        { [.5, .2, .1, -.3], 2, 1, 4f / 3, false, [1, .573473880, .390322065, .036204056] },
        { [.5, .2, .1, -.3], 2, .2f, 2, false, [1, .75, .25, 0] },
        { [.5, .2, .1, -.3], 2, .2f, 4f / 3, false, [1, .899300209, .100699791, 0] },
        { [1, -.9, .8, .1], 2, 1, 2, true, [.92, -.72, .52, 0] },
        { [1, -.9, .8, .1], 2, 1, 4f / 3, true, [1, -.785731365, .599529960, 0] },
        { [0, 0, -5, 5], 2, .01f, 2, false, [.5, .5, 0, 1] },
        { [-5, -2, 3, 1], 2, .01f, 2, false, [0, 0, 1, 1] },
        { [-5, -2, 3, 1], 2, .01f, 2, true, [-5, 0, 3, 0] },
        { [3, 1, -.5, .5], 2, 1, 2, false, [1, .75, 0, .25] },
        { [1, 2], 2, 1, 2, false, [1, 1] },
        { [1, 2], 5, 1, 2, false, [1, 1] },
        { [1, 2], 0, 1, 2, false, [0, 0] },
        { [1, 2], 0, 1, 2, true, [0, 0] },
        { [1, -2, 0], 3, 1, 2, true, [1, -2, 0] },
        { [0, -2, 0], 1, 1, 3, true, [0, -2, 0] },
        { [1, -Inf, 1], 1, 1, 2, false, [.5, 0, .5] },
        { [1, -Inf, 1], 1, 1, 2, true, [NaN, NaN, NaN] },
        { [1, -Inf, -Inf], 2, 1, 2, false, [NaN, NaN, NaN] },
        { [1, Inf, 1], 1, 1, 2, false, [NaN, NaN, NaN] },
        { [1, NaN, 1], 1, 1, 2, false, [NaN, NaN, NaN] },
        { [1, NaN, 1], 3, 1, 2, true, [NaN, NaN, NaN] },
    };

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Result_is_the_published_one(double[] x, int k, float lambda, float p, bool magnitude, double[] expected)
    {
        double[] actual = Run(TensorElementType.Double, x, [x.Length], k, lambda, p, magnitude);
        Assert.All(expected.Zip(actual), static y => Assert.Equal(y.First, y.Second, 2e-8));
    }

    [Theory]
    [InlineData(4f / 3)]
    [InlineData(1.5f)]
    [InlineData(2f)]
    [InlineData(3f)]
    [InlineData(1.2f)]
    [InlineData(7f)]
    public void Mask_sums_to_k_and_agrees_with_bisection(float p)
    {
        Random random = new(3);
        foreach (int n in (int[])[1, 2, 17, 1000])
        {
            foreach (float lambda in (float[])[1e-3f, 1e-2f, 1, 10])
            {
                double[] x = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() * 4)];
                int k = Math.Max(1, n / 8);
                double[] y = Run(TensorElementType.Double, x, [n], k, lambda, p, false), expected = NaiveSparseTopK.Run(x, k, lambda, p, false);
                Assert.Equal(k, y.Sum(), 1e-9);
                Assert.All(expected.Zip(y), static v => Assert.Equal(v.First, v.Second, 1e-7));
                double[] magnitudes = Run(TensorElementType.Double, x, [n], k, lambda, p, true);
                Assert.All(NaiveSparseTopK.Run(x, k, lambda, p, true).Zip(magnitudes), static v => Assert.Equal(v.First, v.Second, 1e-7));
            }
        }
    }

    /// <summary>Of the others nothing may be left, or a router would take them for chosen.</summary>
    [Theory]
    [InlineData(4f / 3)]
    [InlineData(1.5f)]
    [InlineData(2f)]
    [InlineData(3f)]
    public void Hard_selection_is_exactly_that(float p)
    {
        double[] x = [-0.3, 0.9, 0.1, -0.35, 1.1, 0.4];
        Assert.Equal([0, 1, 0, 0, 1, 0], Run(TensorElementType.Double, x, [6], 2, 0.01f, p, false));
        Assert.Equal([0, 0.9, 0, 0, 1.1, 0], Run(TensorElementType.Double, x, [6], 2, 0.01f, p, true));
    }

    [Theory]
    [InlineData(TensorElementType.Float, 1e-6)]
    [InlineData(TensorElementType.Float16, 1e-3)]
    [InlineData(TensorElementType.BFloat16, 8e-3)]
    public void Rows_of_any_type_stand_alone(TensorElementType type, double tolerance)
    {
        Random random = new(4);
        double[] x = [.. Enumerable.Range(0, 2 * 3 * 300).Select(_ => random.NextDouble())];
        x = SegmentCase.Decode(SegmentCase.Encode(x, type), type);
        x[301] = NaN;
        double[] y = Run(type, x, [2, 3, 300], 7, 0.1f, 2, false), again = Run(type, x, [2, 3, 300], 7, 0.1f, 2, false, threads: 2);
        Assert.Equal(y, again);
        double[] expected = [.. x.Chunk(300).SelectMany(static row => NaiveSparseTopK.Run(row, 7, 0.1f, 2, false))];
        Assert.All(expected.Zip(y), v => Assert.Equal(v.First, v.Second, tolerance));
        Assert.Equal(300, y.Count(double.IsNaN));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => Run(TensorElementType.Float, [1, 2], [2], 1, 0, 2, false));
        Assert.Contains("TSR1319 SparseTopK 'the_node': p is 2 and lambda is 0", error.Message, StringComparison.Ordinal);
    }

    internal static double[] Run(
        TensorElementType type, double[] x, long[] shape, int k, float lambda, float p, bool magnitude, int threads = 1, Action<SessionOptions>? register = null)
    {
        object[] dims = [.. shape.Cast<object>()];
        byte[] model = OneNodeModel.Create(
            "SparseTopK", [new("x", type, dims)], new("y", type, dims), ("k", k), ("lambda", lambda), ("p", p), ("magnitude", magnitude ? 1 : 0));
        using InferenceSession session = OrtRunner.Open(model, threads, register);
        return SegmentCase.Decode(OrtRunner.Run(session, new RawTensor("x", type, shape, SegmentCase.Encode(x, type))).Bytes, type);
    }
}
