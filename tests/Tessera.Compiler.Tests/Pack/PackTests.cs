using Tessera.Compiler.Pack;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>Padded models become packed ones that give each example what the original gives it.</summary>
public class PackTests
{
    public static TheoryData<string> Names => [.. s_models.Keys];

    private static readonly Dictionary<string, (Func<ExportedModel> Model, int Attentions, PackOptions Options)> s_models = new(StringComparer.Ordinal)
    {
        ["BERT"] = (() => PaddedModels.Bert(), 2, new PackOptions { Masks = ["attention_mask"] }),
        ["ViT with class token"] = (() => PaddedStyles.Vit(), 1, new PackOptions { Ragged = ["n"], Masks = ["mask"] }),
        ["ViT without a mask"] = (() => PaddedStyles.Vit(mask: false), 1, new PackOptions { Ragged = ["n"] }),
        ["T5 encoder"] = (PaddedStyles.T5, 2, new PackOptions { Masks = ["attention_mask"] }),
        ["CLIP text"] = (PaddedStyles.Clip, 1, new PackOptions { Masks = ["attention_mask"], Padding = new Dictionary<string, double> { ["input_ids"] = 0 } }),
        ["Conformer"] = (() => PaddedStyles.Conformer(true), 1, new PackOptions { Ragged = ["frames"], Masks = ["mask"] }),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Styles_of_exporters_are_packed(string name)
    {
        (Func<ExportedModel> make, int attentions, PackOptions options) = s_models[name];
        using TempModel file = new(make());
        using OnnxModel model = OnnxModel.Load(file.Path);
        PackedModel packed = model.Pack(options with { Verify = true });
        Assert.Equal(attentions, packed.Model.Graph.PostOrder().OfType<PackedAttention>().Count());
        Assert.True(packed.Checks.Count > 60, $"{packed.Checks.Count} checks");
        Assert.All(packed.Checks, static c => Assert.InRange(c.Largest, 0, 1e-4));
        Assert.DoesNotContain(packed.Model.Graph.Inputs, v => options.Masks.Contains(((Input)v.Producer).Name));
    }

    [Theory]
    [InlineData("BERT")]
    [InlineData("ViT with class token")]
    [InlineData("T5 encoder")]
    [InlineData("CLIP text")]
    [InlineData("Conformer")]
    public void The_padded_interface_is_the_originals(string name)
    {
        (Func<ExportedModel> make, _, PackOptions options) = s_models[name];
        using TempModel file = new(make());
        using OnnxModel model = OnnxModel.Load(file.Path);
        PackedModel packed = model.Pack(options with { Interface = PackInterface.Padded, Verify = true });
        Assert.Equal(model.Graph.Inputs.Select(static v => v.Type), packed.Model.Graph.Inputs.Select(static v => v.Type));
        Assert.Equal(model.Graph.Outputs.Select(static o => o.Name), packed.Model.Graph.Outputs.Select(static o => o.Name));
        Assert.NotEmpty(packed.Model.Graph.PostOrder().OfType<PackedAttention>());
        Assert.NotEmpty(packed.Checks);
    }
}
