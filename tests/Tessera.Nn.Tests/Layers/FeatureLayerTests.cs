using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Layers;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Layers that treat each token by itself.</summary>
public class FeatureLayerTests
{
    private static readonly RefTensor s_x = LayerRun.Random(1, 5, 6);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Linear_is_x_times_the_weight_transposed(bool bias)
    {
        Linear layer = new(6, 4, bias);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Plain.Linear(run.Input("x"), run.Weight("weight"), bias ? run.Vector("bias") : null), run.Result());
    }

    [Fact]
    public void Mlp_is_two_linear_layers_around_the_exact_gelu()
    {
        Mlp layer = new(6, 8);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Plain.Mlp(run.Input("x"), run, ""), run.Result());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GatedMlp_multiplies_silu_of_the_gate_with_up(bool bias)
    {
        GatedMlp layer = new(6, 8, bias);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        double[]? Bias(string name) => bias ? run.Vector($"{name}.bias") : null;
        double[][] gate = Plain.Each(Plain.Linear(run.Input("x"), run.Weight("gate_proj.weight"), Bias("gate_proj")), Plain.Silu);
        double[][] up = Plain.Linear(run.Input("x"), run.Weight("up_proj.weight"), Bias("up_proj"));
        Plain.Close(Plain.Linear(Plain.Multiply(gate, up), run.Weight("down_proj.weight"), Bias("down_proj")), run.Result());
    }

    [Theory]
    [InlineData(true, 1e-5)]
    [InlineData(false, 0.5)]
    public void LayerNorm_centres_and_scales_each_row(bool bias, double epsilon)
    {
        LayerNorm layer = new(6, epsilon, bias);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        double[]? shift = bias ? run.Vector("bias") : null;
        Plain.Close(Plain.Map(run.Input("x"), r => Plain.LayerNorm(r, run.Vector("weight"), shift, epsilon)), run.Result());
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.5)]
    public void RmsNorm_scales_each_row_without_centring(double epsilon)
    {
        RmsNorm layer = new(6, epsilon);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Plain.Map(run.Input("x"), r => Plain.RmsNorm(r, run.Vector("weight"), epsilon)), run.Result());
    }

    [Fact]
    public void Embedding_takes_rows_of_its_table()
    {
        Embedding layer = new(7, 3);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("ids", LayerRun.Ints(4, 0, 6, 4)));
        double[][] table = run.Weight("weight");
        Plain.Close([table[4], table[0], table[6], table[4]], run.Result());
    }

    [Fact]
    public void Dropout_passes_on_its_input_and_checks_its_probability()
    {
        Dropout layer = new(0.3);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(run.Input("x"), run.Result());
        Assert.Equal("TSR0605", Assert.Throws<TesseraException>(static () => new Dropout(1)).Code);
    }
}
