using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Layers;
using Xunit;
using Move = Tessera.Nn.Tests.Layers.PlainWindows.Move;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Pools against folds of windows that are laid out place by place.</summary>
public class PoolLayerTests
{
    private static readonly Func<double[], int, double> s_max = static (inside, _) => inside.Max();
    private static readonly Func<double[], int, double> s_all = static (inside, places) => inside.Sum() / places;
    private static readonly Func<double[], int, double> s_own = static (inside, _) => inside.Average();

    [Theory]
    [InlineData(2, 2, 0, 1, false)]
    [InlineData(3, 2, 1, 1, false)]
    [InlineData(3, 2, 1, 1, true)]
    [InlineData(2, 1, 1, 3, false)]
    public void MaxPool_takes_the_greatest(int kernel, int stride, int padding, int dilation, bool ceil)
    {
        MaxPool layer = new(kernel, stride, padding, dilation, ceil);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", LayerRun.Random(21, 2, 6, 7)));
        PlainWindows.Close(PlainWindows.Pool(run.Inputs["x"], [kernel, kernel], Move.Of(2, stride, padding, dilation), s_max, ceil), run.Tensor());
    }

    [Theory]
    [InlineData(2, 2, 0, false, true)]
    [InlineData(3, 2, 1, false, true)]
    [InlineData(3, 2, 1, false, false)]
    [InlineData(3, 2, 1, true, true)]
    [InlineData(3, 2, 1, true, false)]
    public void AvgPool_takes_the_mean(int kernel, int stride, int padding, bool ceil, bool countPadding)
    {
        AvgPool layer = new(kernel, stride, padding, ceil, countPadding);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", LayerRun.Random(22, 2, 6, 8)));
        PlainWindows.Close(
            PlainWindows.Pool(run.Inputs["x"], [kernel, kernel], Move.Of(2, stride, padding), countPadding ? s_all : s_own, ceil), run.Tensor());
    }

    [Fact]
    public void Pools_step_by_their_window_and_take_any_number_of_axes()
    {
        MaxPool line = new(3);
        LayerRun run = LayerRun.Of(line, x => line.Apply(x[0]), ("x", LayerRun.Random(23, 2, 8)));
        PlainWindows.Close(PlainWindows.Pool(run.Inputs["x"], [3], Move.Of(1, 3), s_max), run.Tensor());
        AvgPool volume = new((1, 2, 3));
        run = LayerRun.Of(volume, x => volume.Apply(x[0]), ("x", LayerRun.Random(24, 2, 2, 5, 6)));
        PlainWindows.Close(PlainWindows.Pool(run.Inputs["x"], [1, 2, 3], new Move([1, 2, 3], [0, 0, 0], [0, 0, 0], [1, 1, 1]), s_own), run.Tensor());
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(1, 1)]
    [InlineData(4, 5)]
    [InlineData(3, 1)]
    [InlineData(6, 9)]
    [InlineData(7, 10)]
    public void Adaptive_pools_cover_each_axis_by_as_many_windows(int height, int width)
    {
        RefTensor image = LayerRun.Random(25, 2, 6, 9);
        AdaptiveAvgPool mean = new((height, width));
        PlainWindows.Close(
            PlainWindows.Adaptive(image, [height, width], static w => w.Average()), LayerRun.Of(mean, x => mean.Apply(x[0]), ("x", image)).Tensor());
        AdaptiveMaxPool max = new((height, width));
        PlainWindows.Close(PlainWindows.Adaptive(image, [height, width], static w => w.Max()), LayerRun.Of(max, x => max.Apply(x[0]), ("x", image)).Tensor());
    }

    [Fact]
    public void Global_pools_fold_each_channel()
    {
        RefTensor image = LayerRun.Random(26, 3, 2, 5);
        GlobalAvgPool mean = new();
        Plain.Close([[.. image.F.Chunk(10).Select(static c => c.Average())]], LayerRun.Of(mean, x => mean.Apply(x[0]), ("x", image)).Result());
        GlobalMaxPool max = new();
        Plain.Close([[.. image.F.Chunk(10).Select(static c => c.Max())]], LayerRun.Of(max, x => max.Apply(x[0]), ("x", image)).Result());
    }

    [Fact]
    public void A_symbolic_axis_is_pooled_to_one_and_no_more()
    {
        AdaptiveAvgPool one = new(1);
        Assert.Contains("f32[3, 1, 1]", LayerRun.Text(one, x => one.Apply(x[0]), "f32[3, h, w]"), StringComparison.Ordinal);
        AdaptiveAvgPool two = new((2, 1));
        TesseraException error = Assert.Throws<TesseraException>(() => LayerRun.Text(two, x => two.Apply(x[0]), "f32[3, h, 8]"));
        Assert.Equal("TSR0619", error.Code);
        Assert.Contains("axis 1 of f32[3, h, 8]", error.Message, StringComparison.Ordinal);
        Assert.Contains("(PoolLayerTests.cs:", error.Place, StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<Module>, string> Refusals() => new()
    {
        { "f32[8]", static () => new MaxPool(2), "x is f32[8]" },
        { "f32[3, 8]", static () => new AvgPool(0), "the kernel is [0]" },
        { "f32[3, 8]", static () => new MaxPool((2, 2)), "given for 2 axes" },
        { "f32[3, 8]", static () => new MaxPool(2, padding: 2), "hold nothing of x" },
        { "f32[3, 8]", static () => new AvgPool(2, padding: Padding.Same), "Same padding keeps the size" },
        { "f32[3, 8, 8]", static () => new AdaptiveAvgPool((1, 0)), "the size is [1, 0]" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Windows_that_do_not_suit_x_are_refused(string type, Func<Module> make, string says)
    {
        Module layer = make();
        TesseraException error = Assert.Throws<TesseraException>(() => LayerRun.Text(layer, x => ((ILayer)layer).Apply(x[0]), type));
        Assert.Equal("TSR0617", error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }
}
