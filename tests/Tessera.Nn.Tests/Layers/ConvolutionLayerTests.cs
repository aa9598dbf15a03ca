using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Layers;
using Xunit;
using Move = Tessera.Nn.Tests.Layers.PlainWindows.Move;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Convolutions against sums over all places.</summary>
public class ConvolutionLayerTests
{
    [Theory]
    [InlineData(1, 0, 1, 1, true)]
    [InlineData(2, 1, 1, 1, false)]
    [InlineData(1, 2, 2, 2, true)]
    [InlineData(3, 3, 2, 4, true)]
    public void Conv1d_is_the_sum_over_its_kernel(int stride, int padding, int dilation, int groups, bool bias)
    {
        Conv1d layer = new(4, 8, 3, stride, padding, dilation, groups, bias);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", LayerRun.Random(11, 4, 9)));
        PlainWindows.Close(
            PlainWindows.Conv(run.Inputs["x"], run.Weights("weight"), run.VectorOrNull("bias"), Move.Of(1, stride, padding, dilation), groups), run.Tensor());
    }

    [Fact]
    public void Conv2d_takes_numbers_by_axis()
    {
        Conv2d layer = new(2, 4, (3, 2), stride: (2, 1), padding: (1, 0), dilation: (1, 2), groups: 2);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", LayerRun.Random(12, 2, 5, 6)));
        PlainWindows.Close(
            PlainWindows.Conv(run.Inputs["x"], run.Weights("weight"), run.Vector("bias"), new Move([2, 1], [1, 0], [1, 0], [1, 2]), 2), run.Tensor());
    }

    [Fact]
    public void Conv3d_is_the_sum_over_its_kernel()
    {
        Conv3d layer = new(2, 3, (2, 3, 1), stride: (1, 2, 2), padding: 1);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", LayerRun.Random(13, 2, 3, 4, 3)));
        PlainWindows.Close(
            PlainWindows.Conv(run.Inputs["x"], run.Weights("weight"), run.Vector("bias"), new Move([1, 2, 2], [1, 1, 1], [1, 1, 1], [1, 1, 1])), run.Tensor());
    }

    [Theory]
    [InlineData(3, 1, 1, 1)]
    [InlineData(4, 1, 1, 2)]
    [InlineData(4, 3, 4, 5)]
    public void Same_padding_keeps_the_size_the_odd_one_behind(int kernel, int dilation, int before, int behind)
    {
        Conv1d layer = new(2, 2, kernel, padding: Padding.Same, dilation: dilation);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", LayerRun.Random(14, 2, 7)));
        PlainWindows.Close(
            PlainWindows.Conv(run.Inputs["x"], run.Weights("weight"), run.Vector("bias"), new Move([1], [before], [behind], [dilation])), run.Tensor());
        Assert.Equal(7, run.Tensor().Dims[1]);
    }

    [Fact]
    public void Causal_padding_shows_no_element_what_is_behind_it()
    {
        Conv1d layer = new(2, 2, 3, padding: Padding.Causal, dilation: 2);
        RefTensor x = LayerRun.Random(15, 2, 7);
        RefTensor other = RefTensor.Floats(DType.F32, x.Dims, [.. x.F.Select((v, i) => i % 7 > 3 ? v + 1 : v)]);
        RefTensor a = LayerRun.Of(layer, t => layer.Apply(t[0]), ("x", x)).Tensor();
        RefTensor b = LayerRun.Of(layer, t => layer.Apply(t[0]), ("x", other)).Tensor();
        Assert.Equal(x.Dims, a.Dims);
        Assert.All(Enumerable.Range(0, a.Count), i => Assert.Equal(i % 7 <= 3, a.F[i] == b.F[i]));
    }

    [Fact]
    public void Padding_may_differ_by_side()
    {
        Conv2d layer = new(1, 2, 2, padding: Padding.Sides((2, 0), (1, 3)));
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", LayerRun.Random(16, 1, 3, 4)));
        PlainWindows.Close(
            PlainWindows.Conv(run.Inputs["x"], run.Weights("weight"), run.Vector("bias"), new Move([1, 1], [2, 0], [1, 3], [1, 1])), run.Tensor());
    }

    [Theory]
    [InlineData(1, 0, 0, 1, 1, true)]
    [InlineData(2, 1, 1, 1, 2, false)]
    [InlineData(3, 2, 0, 2, 1, true)]
    public void ConvTranspose1d_spreads_each_element_over_its_kernel(int stride, int padding, int more, int dilation, int groups, bool bias)
    {
        ConvTranspose1d layer = new(4, 6, 3, stride, padding, more, groups, bias, dilation);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", LayerRun.Random(17, 4, 5)));
        PlainWindows.Close(
            PlainWindows.ConvTranspose(run.Inputs["x"], run.Weights("weight"), run.VectorOrNull("bias"), Move.Of(1, stride, padding, dilation), [more], groups),
            run.Tensor());
    }

    [Fact]
    public void ConvTranspose2d_and_3d_take_numbers_by_axis()
    {
        ConvTranspose2d image = new(2, 3, (3, 2), stride: (2, 3), padding: (1, 0), outputPadding: (1, 0));
        LayerRun run = LayerRun.Of(image, x => image.Apply(x[0]), ("x", LayerRun.Random(18, 2, 3, 4)));
        PlainWindows.Close(
            PlainWindows.ConvTranspose(run.Inputs["x"], run.Weights("weight"), run.Vector("bias"), new Move([2, 3], [1, 0], [1, 0], [1, 1]), [1, 0]), run.Tensor());
        ConvTranspose3d volume = new(2, 2, 2, stride: (1, 2, 2));
        run = LayerRun.Of(volume, x => volume.Apply(x[0]), ("x", LayerRun.Random(19, 2, 2, 3, 2)));
        PlainWindows.Close(
            PlainWindows.ConvTranspose(run.Inputs["x"], run.Weights("weight"), run.Vector("bias"), new Move([1, 2, 2], [0, 0, 0], [0, 0, 0], [1, 1, 1]), [0, 0, 0]),
            run.Tensor());
    }

    public static TheoryData<string, string, Func<Module>, string> Refusals() => new()
    {
        { "TSR0617", "f32[3, 8]", static () => new Conv2d(3, 4, 3), "moves over 2 axes, and x is f32[3, 8]" },
        { "TSR0617", "f32[3, 8, 8, 8]", static () => new Conv2d(3, 4, 3), "moves over 2 axes" },
        { "TSR0617", "f32[3, 8]", static () => new Conv1d(3, 4, 3, stride: 0), "the stride is [0]" },
        { "TSR0617", "f32[3, 8]", static () => new Conv1d(3, 4, 3, padding: -1), "padding before an axis is [-1]" },
        { "TSR0617", "f32[3, 8]", static () => new Conv1d(3, 4, 3, padding: (1, 1)), "given for 2 axes, and the window has 1" },
        { "TSR0617", "f32[3, 8]", static () => new Conv1d(3, 4, 3, stride: 2, padding: Padding.Same), "Same padding keeps the size" },
        { "TSR0618", "f32[2, 8]", static () => new Conv1d(3, 4, 3), "of 2 channels, and the weights are for 3" },
        { "TSR0618", "f32[2, 8]", static () => new ConvTranspose1d(3, 4, 3), "of 2 channels, and the weights are for 3" },
        { "TSR0203", "f32[3, 2]", static () => new Conv1d(3, 4, 3), "the kernel spans 3" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_does_not_fit_is_refused_at_its_line(string code, string type, Func<Module> make, string says)
    {
        Module layer = make();
        TesseraException error = Assert.Throws<TesseraException>(() => LayerRun.Text(layer, x => ((ILayer)layer).Apply(x[0]), type));
        Assert.Equal(code, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("(ConvolutionLayerTests.cs:", error.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_that_groups_do_not_divide_are_refused_when_the_layer_is_made()
    {
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(static () => new Conv1d(3, 4, 3, groups: 2)).Code);
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(static () => new Conv2d(4, 3, 3, groups: 2)).Code);
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(static () => new ConvTranspose2d(4, 3, 3, groups: 4)).Code);
        Assert.Equal("TSR0607", Assert.Throws<TesseraException>(static () => new Conv1d(4, 4, 3, groups: 0)).Code);
        Assert.Equal("TSR0617", Assert.Throws<TesseraException>(static () => new Conv2d(4, 4, (1, 2, 3))).Code);
        Assert.Equal("TSR0617", Assert.Throws<TesseraException>(static () => new Conv2d(4, 4, 0)).Code);
    }
}
