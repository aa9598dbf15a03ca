using Tessera.Compiler.Pack;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>Files that ONNX Runtime's own optimiser has been over hold ops of <c>com.microsoft</c>: those that are known are taken apart, others refused by name.</summary>
public class MicrosoftTests
{
    [Fact]
    public void Ops_that_are_known_are_packed()
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "sequence", 8);
        string mask = m.Input("mask", DType.I64, "batch", "sequence");
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), m.Cast(m.Node("Unsqueeze", [mask, m.Longs(1, 2)]), DType.F32)]), m.Float(float.MinValue)]);
        string Project() => PaddedModels.Linear(m, x, 8);
        string wide = m.Node("Expand", [added, m.Node("Concat", [m.Longs(1), m.Longs(1), m.Size(x, 1), m.Longs(1)], ExportedModel.Int("axis", 0))]);
        string attended = m.Microsoft("MultiHeadAttention", [Project(), Project(), Project(), "", "", wide], ExportedModel.Int("num_heads", 2), ExportedModel.Real("scale", 0.5f));
        string normal = m.Microsoft("SkipLayerNormalization", [x, attended, m.Weight(8), m.Weight(8)]);
        m.Output(normal, "y");
        using TempModel file = new(m);
        using OnnxModel model = OnnxModel.Load(file.Path);
        PackedModel packed = model.Pack(new PackOptions { Masks = ["mask"], Verify = true });
        Assert.Single(packed.Model.Graph.PostOrder().OfType<PackedAttention>());
        Assert.All(packed.Checks, static c => Assert.InRange(c.Largest, 0, 1e-4));
    }

    [Theory]
    [InlineData("EmbedLayerNormalization")]
    [InlineData("FusedGemm")]
    public void Others_are_refused_by_name(string type)
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", 8);
        m.Output(m.Microsoft(type, [x, m.Weight(8, 8)]), "y");
        using TempModel file = new(m);
        using OnnxModel model = OnnxModel.Load(file.Path);
        TesseraException error = Assert.Throws<TesseraException>(() => model.Pack(new PackOptions { Ragged = ["sequence"] }));
        Assert.Equal("TSR0530", error.Code);
        Assert.Contains($"com.microsoft:{type} keeps the model from being packed", error.Message, StringComparison.Ordinal);
    }
}
