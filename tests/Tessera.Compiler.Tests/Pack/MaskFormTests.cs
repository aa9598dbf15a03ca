using Tessera.Compiler.Pack;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>Masks are taken for padding in every form that exporters write them, and nothing is left of them.</summary>
public class MaskFormTests
{
    public static TheoryData<string> Names => [.. MaskForms.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Masks_are_gone(string name)
    {
        using TempModel file = new(MaskForms.All[name]());
        using OnnxModel model = OnnxModel.Load(file.Path);
        PackedModel packed = model.Pack(new PackOptions { Masks = ["mask"] });
        PackedAttention attention = Assert.Single(packed.Model.Graph.PostOrder().OfType<PackedAttention>());
        Assert.Equal(name.Contains("triangle", StringComparison.Ordinal), attention.Causal);
        Assert.All(packed.Checks, static c => Assert.InRange(c.Largest, 0, 1e-4));
    }
}
