using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Layers;
using Xunit;
using PadMode = Tessera.Ir.Ops.PadMode;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Functions of images against their formulas.</summary>
public class ImageFunctionTests
{
    private static readonly RefTensor s_image = LayerRun.Random(51, 2, 3, 4);

    [Theory]
    [InlineData(6, 8)]
    [InlineData(2, 7)]
    [InlineData(3, 1)]
    public void Nearest_is_the_element_below(int height, int width) => Check(
        x => Functional.Resize(x, (height, width)),
        [2, height, width],
        at => PlainWindows.At(s_image, [at[0], at[1] * 3 / height, at[2] * 4 / width], 0));

    [Theory]
    [InlineData(6, 8, false)]
    [InlineData(2, 7, false)]
    [InlineData(5, 7, true)]
    public void Linear_weighs_the_two_neighbours_along_each_axis(int height, int width, bool alignCorners) => Check(
        x => Functional.Resize(x, (height, width), Interpolation.Linear, alignCorners),
        [2, height, width],
        at => Linear(at[1], 3, height, alignCorners).Sum(r => Linear(at[2], 4, width, alignCorners).Sum(c => r.Weight * c.Weight * PlainWindows.At(s_image, [at[0], r.Index, c.Index], 0))));

    [Fact]
    public void Cubic_weighs_four_neighbours_along_each_axis() => Check(
        static x => Functional.Resize(x, (6, 8), Interpolation.Cubic),
        [2, 6, 8],
        static at => Cubic(at[1], 3, 6).Sum(r => Cubic(at[2], 4, 8).Sum(c => r.Weight * c.Weight * PlainWindows.At(s_image, [at[0], r.Index, c.Index], 0))));

    [Theory]
    [InlineData(2.0, 6, 8)]
    [InlineData(1.5, 4, 6)]
    [InlineData(0.5, 1, 2)]
    public void Rescale_rounds_sizes_down(double factor, int height, int width) => Check(
        x => Functional.Rescale(x, factor), [2, height, width], at => PlainWindows.At(s_image, [at[0], (long)(at[1] / factor), (long)(at[2] / factor)], 0));

    [Fact]
    public void PixelShuffle_lays_channels_out_as_blocks()
    {
        RefTensor x = LayerRun.Random(52, 8, 2, 3);
        Check(static t => Functional.PixelShuffle(t, 2), [2, 4, 6], at => PlainWindows.At(x, [(at[0] * 4) + (at[1] % 2 * 2) + (at[2] % 2), at[1] / 2, at[2] / 2], 0), x);
    }

    [Fact]
    public void GridSample_reads_between_elements()
    {
        // The centre of element (1, 2), and half way between (0, 0) and (0, 1), corners aligned.
        Check(
            static x => Functional.GridSample(x, Functional.Constant(x, [1, 2, 2], [1.0 / 3, 0, -2.0 / 3, -1]), alignCorners: true),
            [2, 1, 2],
            static at => at[2] == 0
                ? PlainWindows.At(s_image, [at[0], 1, 2], 0)
                : (PlainWindows.At(s_image, [at[0], 0, 0], 0) + PlainWindows.At(s_image, [at[0], 0, 1], 0)) / 2);
    }

    [Theory]
    [InlineData(PadMode.Constant)]
    [InlineData(PadMode.Edge)]
    [InlineData(PadMode.Reflect)]
    public void Pad_puts_elements_around(PadMode mode) => Check(
        x => Functional.Pad(x, [0, 1, 2, 0, 2, 1], mode, mode == PadMode.Constant ? 0.5 : 0),
        [2, 6, 7],
        at =>
        {
            long Inside(long i, long size) => mode == PadMode.Edge ? Math.Clamp(i, 0, size - 1)
                : mode == PadMode.Reflect ? i < 0 ? -i : i >= size ? (2 * (size - 1)) - i : i
                : i;
            return PlainWindows.At(s_image, [at[0], Inside(at[1] - 1, 3), Inside(at[2] - 2, 4)], 0.5);
        });

    [Fact]
    public void What_does_not_fit_is_refused_at_its_line()
    {
        Refused("the factor is 0", static x => Functional.Rescale(x, 0));
        Refused("given for 3 axes", static x => Functional.Resize(x, (1, 2, 3)));
        Refused("the size is [0, 2]", static x => Functional.Resize(x, (0, 2)));
        Refused("no corners to align", static x => Functional.Resize(x, 2, alignCorners: true));
    }

    private static void Refused(string says, Func<Tensor, Tensor> forward)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => LayerRun.Text(new Dropout(), x => forward(x[0]), "f32[2, 3, 4]"));
        Assert.Equal("TSR0617", error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("(ImageFunctionTests.cs:", error.Place, StringComparison.Ordinal);
    }

    private static void Check(Func<Tensor, Tensor> forward, long[] dims, Func<long[], double> expected, RefTensor? x = null) =>
        PlainWindows.Close(PlainWindows.Fill(dims, expected), LayerRun.Of(new Dropout(), t => forward(t[0]), ("x", x ?? s_image)).Tensor());

    private static (long Index, double Weight)[] Linear(long i, long from, long to, bool alignCorners)
    {
        double at = alignCorners ? i * (from - 1.0) / (to - 1) : ((i + 0.5) * from / to) - 0.5;
        double low = Math.Floor(at);
        return [(Math.Clamp((long)low, 0, from - 1), 1 - (at - low)), (Math.Clamp((long)low + 1, 0, from - 1), at - low)];
    }

    // Keys' kernel with a = −0.75, written out for each of the four.
    private static (long Index, double Weight)[] Cubic(long i, long from, long to)
    {
        const double A = -0.75;
        double at = ((i + 0.5) * from / to) - 0.5;
        double low = Math.Floor(at);
        double Near(double d) => ((A + 2) * d * d * d) - ((A + 3) * d * d) + 1;
        double Far(double d) => (A * d * d * d) - (5 * A * d * d) + (8 * A * d) - (4 * A);
        double t = at - low;
        double[] weights = [Far(1 + t), Near(t), Near(1 - t), Far(2 - t)];
        return [.. weights.Select((w, k) => (Math.Clamp((long)low - 1 + k, 0, from - 1), w))];
    }
}
