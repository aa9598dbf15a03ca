using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Layers;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Layers that cut images and videos, against explicit cutting.</summary>
public class PatchLayerTests
{
    [Fact]
    public void PatchEmbed_projects_patches_row_by_row()
    {
        const int Channels = 2, Patch = 3, Height = 6, Width = 9;
        PatchEmbed layer = new(Channels, 4, Patch);
        RefTensor image = LayerRun.Random(2, Channels, Height, Width);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", image));
        double[][] weight = Filters(run, 4);
        List<double[]> expected = [];
        for (int row = 0; row < Height / Patch; row++)
        {
            for (int column = 0; column < Width / Patch; column++)
            {
                double[] patch =
                [
                    .. from c in Enumerable.Range(0, Channels)
                       from y in Enumerable.Range(row * Patch, Patch)
                       from x in Enumerable.Range(column * Patch, Patch)
                       select image.F[(((c * Height) + y) * Width) + x],
                ];
                expected.Add(Plain.Linear([patch], weight, run.Vector("bias"))[0]);
            }
        }

        Plain.Close([.. expected], run.Result());
    }

    [Fact]
    public void TubeletEmbed_projects_tubelets_frames_outermost()
    {
        const int Channels = 2, Frames = 2, Patch = 2, Time = 4, Height = 4, Width = 6;
        TubeletEmbed layer = new(Channels, 3, Frames, Patch);
        RefTensor video = LayerRun.Random(3, Channels, Time, Height, Width);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", video));
        double[][] weight = Filters(run, 3);
        double[][] expected =
        [
            .. from t in Enumerable.Range(0, Time / Frames)
               from row in Enumerable.Range(0, Height / Patch)
               from column in Enumerable.Range(0, Width / Patch)
               let tubelet = (double[])
               [
                   .. from c in Enumerable.Range(0, Channels)
                      from f in Enumerable.Range(t * Frames, Frames)
                      from y in Enumerable.Range(row * Patch, Patch)
                      from x in Enumerable.Range(column * Patch, Patch)
                      select video.F[(((((c * Time) + f) * Height) + y) * Width) + x],
               ]
               select Plain.Linear([tubelet], weight, run.Vector("bias"))[0],
        ];
        Plain.Close(expected, run.Result());
    }

    [Theory]
    [InlineData("f32[3, 8, 16]")]
    [InlineData("f32[3, 16, 225]")]
    [InlineData("f32[3, 16*h + 1, 16]")]
    [InlineData("f32[16, 16]")]
    public void PatchEmbed_refuses_what_patches_do_not_fill(string type)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => LayerRun.Text(new PatchEmbed(3, 4, 16), static x => new PatchEmbed(3, 4, 16).Apply(x[0]), type));
        Assert.Equal("TSR0614", error.Code);
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TubeletEmbed_refuses_what_tubelets_do_not_fill()
    {
        TubeletEmbed layer = new(3, 4, 2, 16);
        foreach (string type in (string[])["f32[3, 5, 16, 16]", "f32[3, 4, 24, 16]", "f32[3, 4, 16, 15]"])
        {
            Assert.Equal("TSR0614", Assert.Throws<TesseraException>(() => LayerRun.Text(layer, x => layer.Apply(x[0]), type)).Code);
        }
    }

    [Fact]
    public void PatchEmbed_requires_of_a_symbolic_side_that_patches_fill_it()
    {
        PatchEmbed layer = new(3, 4, 16);
        string text = LayerRun.Text(layer, x => layer.Apply(x[0]), "f32[3, h, 32]");
        Assert.Contains("h % 16 == 0", text, StringComparison.Ordinal);
    }

    // [dim, channels, …] as one row for each filter.
    private static double[][] Filters(LayerRun run, int dim) =>
        [.. run.Weight("weight").SelectMany(static r => r).Chunk(run.Weight("weight").Sum(static r => r.Length) / dim)];
}
