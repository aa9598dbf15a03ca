using Xunit;

namespace Tessera.Passes.Tests;

public class PipelineTests
{
    public static TheoryData<string> Names => [.. Pipelines.Names];

    [Fact]
    public void Stages_stand_after_what_they_rely_on()
    {
        foreach (IReadOnlyList<Stage> pipeline in Pipelines.All)
        {
            for (int i = 0; i < pipeline.Count; i++)
            {
                string[] earlier = [.. pipeline.Take(i).Select(static s => s.Pass.Name)];
                Assert.All(pipeline[i].After, name => Assert.Contains(name, earlier));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_pass_is_found_by_its_name(string name) => Assert.Equal(name, Assert.Single(Pipelines.Parse(name)).Name);

    [Fact]
    public void Unknown_passes_are_named()
    {
        Ir.TesseraException error = Assert.Throws<Ir.TesseraException>(() => Pipelines.Parse("canonicalise"));
        Assert.Equal("TSR0503", error.Code);
        Assert.Contains("canonicalize", error.Message, StringComparison.Ordinal);
    }
}
