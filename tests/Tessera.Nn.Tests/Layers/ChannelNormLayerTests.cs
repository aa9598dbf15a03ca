using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Layers;
using Tessera.Nn.Weights;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Norms by channel against means and variances of the elements they speak of.</summary>
public class ChannelNormLayerTests
{
    private static readonly RefTensor s_image = LayerRun.Random(31, 4, 3, 5);

    [Theory]
    [InlineData(true, 1e-5)]
    [InlineData(false, 0.3)]
    public void BatchNorm_takes_running_statistics(bool affine, double epsilon)
    {
        BatchNorm layer = new(4, epsilon, affine);
        foreach (RefTensor x in (RefTensor[])[s_image, LayerRun.Random(32, 4), LayerRun.Random(33, 4, 2, 1, 3)])
        {
            LayerRun run = LayerRun.Of(layer, t => layer.Apply(t[0]), ("x", x)).With("running_var", RefTensor.Floats(DType.F32, [4], [0.5, 1, 2, 0.25]));
            (double[] mean, double[] variance) = (run.Vector("running_mean"), run.Vector("running_var"));
            int area = x.Count / 4;
            double[] expected =
            [
                .. x.F.Select((v, i) => ((v - mean[i / area]) / Math.Sqrt(variance[i / area] + epsilon) * (run.VectorOrNull("weight")?[i / area] ?? 1))
                    + (run.VectorOrNull("bias")?[i / area] ?? 0)),
            ];
            PlainWindows.Close(RefTensor.Floats(DType.F32, x.Dims, expected), run.Tensor());
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(4, false)]
    public void GroupNorm_normalises_runs_of_channels(int groups, bool affine)
    {
        GroupNorm layer = new(groups, 4, 0.01, affine);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_image));
        PlainWindows.Close(Normal(s_image, groups, run, 0.01), run.Tensor());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InstanceNorm_normalises_each_channel(bool affine)
    {
        InstanceNorm layer = new(4, 0.01, affine);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_image));
        PlainWindows.Close(Normal(s_image, 4, run, 0.01), run.Tensor());
    }

    [Fact]
    public void LocalResponseNorm_divides_by_its_neighbours()
    {
        Dropout any = new();
        LayerRun run = LayerRun.Of(any, x => Functional.LocalResponseNorm(x[0], 3, alpha: 0.6, beta: 0.5, k: 2), ("x", s_image));
        PlainWindows.Close(
            PlainWindows.Fill(s_image.Dims, at =>
            {
                double sum = Enumerable.Range(-1, 3).Sum(d => Math.Pow(PlainWindows.At(s_image, [at[0] + d, at[1], at[2]], 0), 2));
                return PlainWindows.At(s_image, at, 0) / Math.Sqrt(2 + (0.6 / 3 * sum));
            }),
            run.Tensor());
    }

    [Fact]
    public void Channels_that_do_not_fit_are_refused()
    {
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(static () => new GroupNorm(3, 4)).Code);
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(static () => new GroupNorm(3, 4, affine: false)).Code);
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(static () => new BatchNorm(0)).Code);
        BatchNorm layer = new(4);
        TesseraException error = Assert.Throws<TesseraException>(() => LayerRun.Text(layer, x => layer.Apply(x[0]), "f32[3, 8]"));
        Assert.Equal("TSR0203", error.Code);
        Assert.Contains("(ChannelNormLayerTests.cs:", error.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void What_files_alone_hold_is_neither_missing_nor_unexpected()
    {
        WeightSlot kept = new("bn.weight", DType.F32, [2]);
        WeightSlot counted = new("bn.num_batches_tracked", DType.I64, []) { FileOnly = true };
        KeyValuePair<string, WeightSource> weight = new("bn.weight", MemoryWeightSource.Of<float>([1f, 2f], [2]));
        KeyValuePair<string, WeightSource> count = new("bn.num_batches_tracked", MemoryWeightSource.Of<long>([7L], []));
        Assert.Equal(["bn.weight"], new WeightSet("file", [weight]).Match([kept, counted], WeightTypes.Exact).Keys);
        Assert.Equal(["bn.weight"], new WeightSet("file", [weight, count]).Match([kept, counted], WeightTypes.Exact).Keys);
        Assert.Equal("TSR0641", Assert.Throws<TesseraException>(() => new WeightSet("file", [weight, count]).Match([kept], WeightTypes.Exact)).Code);
        Assert.Equal(["bn.weight"], WeightSet.FromSeed([kept with { Initializer = Initializer.Ones }, counted], 1).Keys);
    }

    private static RefTensor Normal(RefTensor x, int groups, LayerRun run, double epsilon)
    {
        int area = x.Count / groups;
        int channel = x.Count / (int)x.Dims[0];
        double[] result = [.. x.F.Chunk(area).SelectMany(g =>
        {
            double mean = g.Average();
            double deviation = Math.Sqrt(g.Average(v => (v - mean) * (v - mean)) + epsilon);
            return g.Select(v => (v - mean) / deviation);
        })];
        return RefTensor.Floats(DType.F32, x.Dims, [
            .. result.Select((v, i) => (v * (run.VectorOrNull("weight")?[i / channel] ?? 1)) + (run.VectorOrNull("bias")?[i / channel] ?? 0)),
        ]);
    }
}
