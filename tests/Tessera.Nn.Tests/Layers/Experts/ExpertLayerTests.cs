using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Nn.Layers;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>What experts compute, however their weights lie.</summary>
public class ExpertLayerTests
{
    private const int Dim = 6;

    private static readonly RefTensor s_x = LayerRun.Random(81, 7, Dim);

    private static readonly Dictionary<string, ExpertOptions> s_kinds = new()
    {
        ["gelu"] = ExpertOptions.Gelu,
        ["gelu without biases"] = ExpertOptions.Gelu with { Biases = false },
        ["gelu by tanh"] = ExpertOptions.Gelu with { Activation = ExpertActivation.GeluTanh },
        ["relu, limited"] = new() { Activation = ExpertActivation.Relu, Limit = 0.3 },
        ["swiglu"] = ExpertOptions.SwiGlu,
        ["swiglu with biases"] = ExpertOptions.SwiGlu with { Biases = true },
        ["geglu, joined"] = new() { Gate = ExpertGate.Concatenated },
        ["bilinear"] = new() { Activation = ExpertActivation.Identity, Gate = ExpertGate.Separate },
        ["interleaved, limited"] = new() { Activation = ExpertActivation.Silu, Gate = ExpertGate.Interleaved, Biases = true, Alpha = 1.702, Beta = 1, Limit = 0.4 },
        ["weight on the input"] = ExpertOptions.SwiGlu with { WeightOn = WeightSide.Input },
        ["weight on the input with biases"] = ExpertOptions.Gelu with { WeightOn = WeightSide.Input },
    };

    public static TheoryData<string> Kinds() => [.. s_kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Experts_compute_their_formula(string kind)
    {
        ExpertOptions options = s_kinds[kind];
        MoE layer = new(new Router(Dim, 4, new RouteOptions(2)), new ExpertList(Dim, 4, 5, options));
        LayerRun run = Run(layer);
        Plain.Close(Expected(run, options), run.Result());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_stack_holds_the_same_experts_either_way_round(string kind)
    {
        ExpertOptions options = s_kinds[kind];
        MoE list = new(new Router(Dim, 4, new RouteOptions(2)), new ExpertList(Dim, 4, 5, options));
        LayerRun separate = Run(list);
        foreach (bool outputsFirst in new[] { false, true })
        {
            MoE stack = new(new Router(Dim, 4, new RouteOptions(2)), new StackedExperts(Dim, 4, 5, options, outputsFirst: outputsFirst));
            LayerRun run = Run(stack).With("gate.weight", separate.Weights("gate.weight"));
            foreach ((string path, Parameter parameter) in ModuleTree.Parameters(stack.Experts))
            {
                run.With($"experts.{path}", Stacked(separate, path, parameter, outputsFirst));
            }

            Plain.Close(separate.Result(), run.Result());
        }
    }

    [Fact]
    public void Hidden_sizes_may_differ_and_the_result_has_a_width_of_its_own()
    {
        Router router = new(Dim, 3, Routers.Mixtral());
        ExpertList experts = new(Dim, [2, 7, 4], ExpertOptions.SwiGlu, result: 9);
        MoE layer = new(router, experts);
        LayerRun run = Run(layer);
        Assert.Equal([7L, 9L], run.Tensor().Dims);
        double[][] weights = PlainRouters.Renormalised(Plain.Linear(run.Input("x"), run.Weight("gate.weight")), 2);
        Plain.Close(PlainExperts.Mixed(run, "experts.", run.Input("x"), weights, ExpertOptions.SwiGlu, ["w1", "w2", "w3"]), run.Result());
    }

    [Fact]
    public void Quantised_experts_are_their_numbers_times_scales()
    {
        RefTensor q1 = RefTensor.Ints(DType.I8, [2, 3], [1, -2, 3, 4, 5, -6]);
        RefTensor q2 = RefTensor.Ints(DType.I8, [3, 2], [7, 0, -1, 2, 3, -4]);
        RefTensor s1 = RefTensor.Floats(DType.F32, [3], [0.5, 0.25, 2]);
        RefTensor s2 = RefTensor.Floats(DType.F32, [2], [1, 0.125]);
        RefTensor x = RefTensor.Floats(DType.F32, [1, 2], [1, -1]);
        RefTensor y = FunctionRun.Of(
            static t => Functional.GroupedMlp(
                t[0],
                new Routing(t[0], t[5], t[6]),
                [[new ExpertWeight(t[1], Scale: t[3]), new ExpertWeight(t[2], Scale: t[4])]],
                new ExpertOptions { Activation = ExpertActivation.Relu }),
            x, q1, q2, s1, s2, RefTensor.Floats(DType.F32, [1, 1], [2]), RefTensor.Ints(DType.I64, [1, 1], [0]));

        // u = (1 − 4, −2 − 5, 3 + 6) · s1 = (−1.5, −1.75, 18), relu leaves 18.
        Assert.Equal([2 * 18 * 3, 2 * 18 * -4 * 0.125], y.F);
    }

    [Fact]
    public void Matrices_that_do_not_suit_are_refused()
    {
        Func<Tensor[], Tensor> unlike = static t => Functional.GroupedMlp(
            t[0], new Routing(t[0], t[1], t[2]), [[new(t[0]), new(t[0])], [new(t[0]), new(t[0], Bias: t[0])]], ExpertOptions.Gelu);
        Func<Tensor[], Tensor> few = static t => Functional.GroupedMlp(t[0], new Routing(t[0], t[1], t[2]), [[new(t[0]), new(t[0])]], ExpertOptions.SwiGlu);
        foreach ((Func<Tensor[], Tensor> function, string expert) in new[] { (unlike, "expert 1"), (few, "expert 0") })
        {
            TesseraException error = Assert.Throws<TesseraException>(() => FunctionRun.Of(
                function, LayerRun.Random(1, 2, 2), LayerRun.Random(1, 2, 1), RefTensor.Ints(DType.I64, [2, 1], [0, 0])));
            Assert.Equal("TSR0625", error.Code);
            Assert.Contains(expert, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Soft_mixture_weighs_all_tokens_and_all_slots(bool normalize)
    {
        const int Slots = 2;
        SoftMoE layer = new(Dim, Slots, new ExpertList(Dim, 3, 5), normalize);
        LayerRun run = LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));
        double[][] x = run.Input("x");
        double[] Unit(double[] row) => [.. row.Select(v => v / Math.Sqrt(Plain.Dot(row, row) + 1e-6))];
        double[][] phi = normalize ? Plain.Map(run.Weight("phi"), r => [.. Unit(r).Select(v => v * run.Vector("scale")[0])]) : run.Weight("phi");
        double[][] logits = Plain.Linear(normalize ? Plain.Map(x, Unit) : x, phi);
        double[][] slots = [.. phi.Select((_, s) =>
        {
            double[] dispatch = Plain.Softmax([.. logits.Select(l => l[s])]);
            return Enumerable.Range(0, Dim).Select(d => dispatch.Select((w, t) => w * x[t][d]).Sum()).ToArray();
        })];
        double[][] owners = [.. phi.Select((_, s) => Enumerable.Range(0, 3).Select(e => e == s / Slots ? 1.0 : 0).ToArray())];
        double[][] given = PlainExperts.Mixed(run, "experts.", slots, owners, ExpertOptions.Gelu, ["w1", "w2"]);
        double[][] expected = Plain.Map(logits, l => [.. Enumerable.Range(0, Dim).Select(d => Plain.Softmax(l).Select((w, s) => w * given[s][d]).Sum())]);
        Plain.Close(expected, run.Result());
    }

    private static LayerRun Run(MoE layer) => LayerRun.Of(layer, x => layer.Apply(x[0]), ("x", s_x));

    private static double[][] Expected(LayerRun run, ExpertOptions options)
    {
        double[][] weights = PlainRouters.SoftmaxTopK(Plain.Linear(run.Input("x"), run.Weight("gate.weight")), 2);
        return PlainExperts.Mixed(run, "experts.", run.Input("x"), weights, options, ["w1", "w2", "w3"]);
    }

    // The stack of what the list has as [out, in].
    private static RefTensor Stacked(LayerRun list, string name, Parameter parameter, bool outputsFirst)
    {
        bool isBias = name.EndsWith("_bias", StringComparison.Ordinal);
        long[] dims = [.. parameter.Shape.Select(static d => d.ConstValue!.Value)];
        IEnumerable<double> values = Enumerable.Range(0, (int)dims[0]).SelectMany(e => isBias
            ? list.Vector($"experts.{e}.{name[..^5]}.bias")
            : outputsFirst ? list.Weights($"experts.{e}.{name}.weight").F : Turned(list.Weight($"experts.{e}.{name}.weight")));
        return RefTensor.Floats(DType.F32, dims, [.. values]);
    }

    private static IEnumerable<double> Turned(double[][] matrix) => Enumerable.Range(0, matrix[0].Length).SelectMany(c => matrix.Select(r => r[c]));
}
