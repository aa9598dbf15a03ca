using Tessera.Compiler.Pack;
using Tessera.Ir.Ops;
using Tessera.Ir;
using Xunit;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>Padded models become packed ones that give each example what the original gives it.</summary>
public class PackTests
{
    [Fact]
    public void Bert_is_packed()
    {
        using TempModel file = new(PaddedModels.Bert());
        using OnnxModel model = OnnxModel.Load(file.Path);
        PackedModel packed = model.Pack(new PackOptions { Masks = ["attention_mask"] });
        Assert.Equal(2, packed.Model.Graph.PostOrder().OfType<PackedAttention>().Count());
    }
}
