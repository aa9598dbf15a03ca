using Ocr;
using Tessera.Examples.Images;
using Xunit;

namespace Tessera.Examples.Tests;

public sealed class OcrTests
{
    [SkippableFact]
    public void A_drawn_page_is_read_as_it_was_drawn()
    {
        string? folder = ModelFolder.Find(null);
        Skip.If(folder is null, "the models are not there; .ci/fetch-test-data fetches them");
        using Reader reader = new(folder!);
        IReadOnlyList<TextLine> lines = reader.Read(Page.Image);
        Assert.Equal(0, Page.Missing(lines));
        Assert.Contains(lines, static l => l.IsTurned);
        Assert.Contains(lines, static l => !l.IsTurned);
        Assert.All(reader.Stages, static s => Assert.True(s.NodesAfter < s.NodesBefore, $"{s.Name}: {s.NodesAfter} nodes from {s.NodesBefore}"));
        Assert.Equal(Page.Words.Count, Page.Missing([]));
    }

    [Fact]
    public void Parts_of_an_image_are_sampled_where_they_stand()
    {
        RgbImage image = new("two columns", 2, 1, [-1, 0, 1, 1, 0, -1]);
        Assert.Equal([-1f, 1, 0, 0, 1, -1], Sampler.Take(image, new Box(0, 0, 2, 1), 2, 1));
        Assert.Equal([-1f, 0, 1], Sampler.Take(image, new Box(-5, -5, 1, 1), 1, 1));
        Assert.Equal([1f, -1, 0, 0, -1, 1], Sampler.Turn(Sampler.Take(image, new Box(0, 0, 2, 1), 2, 1)));
    }

    [Fact]
    public void Models_that_are_not_there_are_not_found() => Assert.Null(ModelFolder.Find(Path.GetTempPath()));
}
