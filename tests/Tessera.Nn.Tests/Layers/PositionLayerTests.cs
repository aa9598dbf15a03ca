using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Nn.Layers;
using Tessera.Nn.Models;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Class token and position embeddings.</summary>
public class PositionLayerTests
{
    private static readonly RefTensor s_x = LayerRun.Random(1, 5, 6);
    private static readonly RefTensor s_rows = LayerRun.Ints(0, 0, 0, 1, 1, 1);
    private static readonly RefTensor s_columns = LayerRun.Ints(0, 1, 2, 0, 1, 2);

    public static TheoryData<PositionKind, bool, PositionCombine> Variants()
    {
        TheoryData<PositionKind, bool, PositionCombine> cases = [];
        foreach (PositionKind kind in Enum.GetValues<PositionKind>())
        {
            foreach (PositionCombine combine in Enum.GetValues<PositionCombine>())
            {
                cases.Add(kind, false, combine);
                cases.Add(kind, true, combine);
            }
        }

        return cases;
    }

    [Fact]
    public void ClassToken_stands_before_the_others()
    {
        ClassToken layer = new(6);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close([.. run.Weight("token"), .. run.Input("x")], run.Result());
    }

    [Fact]
    public void LearnedPositions_adds_the_row_of_each_position()
    {
        LearnedPositions layer = new(9, 6);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Plain.Add(run.Input("x"), run.Weight("weight")[..5]), run.Result());
    }

    [Fact]
    public void LearnedPositions_bounds_the_number_of_tokens()
    {
        LearnedPositions layer = new(9, 6);
        Assert.Contains("9 >= n + 1", LayerRun.Text(layer, x => layer.Apply(x[0]), "f32[n + 1, 6]"), StringComparison.Ordinal);
        Assert.DoesNotContain("where", LayerRun.Text(layer, x => layer.Apply(x[0]), "f32[9, 6]"), StringComparison.Ordinal);
        foreach (string type in (string[])["f32[10, 6]", "f32[n + 10, 6]"])
        {
            TesseraException error = Assert.Throws<TesseraException>(() => LayerRun.Text(layer, x => layer.Apply(x[0]), type));
            Assert.Equal("TSR0616", error.Code);
            Assert.Contains("9 rows", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void SinusoidalPositions_adds_sines_then_cosines()
    {
        SinusoidalPositions layer = new(6, 50);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        Plain.Close(Plain.Add(run.Input("x"), [.. Enumerable.Range(0, 5).Select(static p => Waves(p, 6, 50))]), run.Result());
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void FactorizedPositions_is_phi_of_row_and_column(PositionKind kind, bool fractional, PositionCombine combine)
    {
        const int Dim = 8, MaxSide = 5;
        FactorizedPositions layer = new(Dim, MaxSide, kind, fractional, combine);
        LayerRun run = LayerRun.Of(
            layer, x => layer.Apply(x[0], x[1], x[2], x[3]), ("rows", s_rows), ("columns", s_columns), ("height", RefTensor.Scalar(2)), ("width", RefTensor.Scalar(3)));
        int each = combine == PositionCombine.Stack ? Dim / 2 : Dim;
        double[][] y = [.. s_rows.I.Select(r => Phi(run, "y", r, 2, each, MaxSide, kind, fractional))];
        double[][] x = [.. s_columns.I.Select(c => Phi(run, "x", c, 3, each, MaxSide, kind, fractional))];
        double[][] expected = combine switch
        {
            PositionCombine.Sum => Plain.Add(y, x),
            PositionCombine.Product => Plain.Multiply(y, x),
            _ => [.. y.Zip(x, static (a, b) => (double[])[.. a, .. b])],
        };
        Plain.Close(expected, run.Result());
    }

    /// <summary>Half precision would round the angle of a far column by a quarter of a radian.</summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public void Angles_are_f32_in_models_of_half_precision(PositionKind kind, bool fractional, PositionCombine combine)
    {
        foreach (DType dtype in (DType[])[DType.F16, DType.BF16])
        {
            NaViT model = new(new NaViTConfig(8, 1, 2, 8, 2) { Positions = kind, Fractional = fractional, Combine = combine });
            Op[] waves = [.. GraphWalk.PostOrder(ModelTracer.Trace(model, dtype).Roots).Where(static op => op is Sin or Cos)];
            Assert.Equal(kind == PositionKind.Learned ? 0 : 4, waves.Length);
            Assert.All(waves.SelectMany(static op => AxisWalk(op)), static v => Assert.Equal(DType.F32, v.DType));
        }

        // All floats that an angle is made of.
        static IEnumerable<Value> AxisWalk(Op op) => GraphWalk.PostOrder(op.Operands.OfType<Value>()).SelectMany(static o => o.Outputs).Where(static v => v.DType.IsFloat());
    }

    // r = position / side for fractional positions (arXiv 2307.06304, section 2.1).
    private static double[] Phi(LayerRun run, string axis, long position, int side, int dim, int maxSide, PositionKind kind, bool fractional)
    {
        double fraction = (double)position / side;
        return kind switch
        {
            PositionKind.Sinusoidal => Waves(fractional ? fraction * maxSide : position, dim, 10000),
            PositionKind.Fourier => Fourier(fractional ? fraction : position, run.Vector($"{axis}.weight")),
            _ => fractional ? Between(run.Weight($"{axis}.weight"), fraction * (maxSide - 1)) : run.Weight($"{axis}.weight")[position],
        };
    }

    private static double[] Waves(double position, int dim, double theta)
    {
        double[] angles = [.. Enumerable.Range(0, dim / 2).Select(i => position / Math.Pow(theta, 2.0 * i / dim))];
        return [.. angles.Select(Math.Sin), .. angles.Select(Math.Cos)];
    }

    private static double[] Fourier(double position, double[] frequencies) =>
        [.. frequencies.Select(f => Math.Sin(2 * Math.PI * f * position)), .. frequencies.Select(f => Math.Cos(2 * Math.PI * f * position))];

    private static double[] Between(double[][] table, double at)
    {
        int low = (int)Math.Floor(at);
        int high = Math.Min(low + 1, table.Length - 1);
        return [.. table[low].Zip(table[high], (a, b) => a + ((at - low) * (b - a)))];
    }
}
