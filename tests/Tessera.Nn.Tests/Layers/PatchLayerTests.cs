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

    // [dim, channels, …] as one row for each filter.
    private static double[][] Filters(LayerRun run, int dim) =>
        [.. run.Weight("weight").SelectMany(static r => r).Chunk(run.Weight("weight").Sum(static r => r.Length) / dim)];
}
