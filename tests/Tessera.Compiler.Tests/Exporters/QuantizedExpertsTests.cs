using Google.Protobuf;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Passes;
using Tessera.Passes.Replay;
using Xunit;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>ONNX Runtime's op of quantised experts is read as what its CPU provider computes, in the bits that it has.</summary>
public class QuantizedExpertsTests
{
    private const int Experts = 4;
    private const int Size = 64;
    private const int Hidden = 96;

    /// <summary>Errors relative to the largest number of a result.</summary>
    private const double Exact = 2e-6;

    /// <summary>In blocks of 8 bits the provider rounds what it multiplies to 8 bits as well.</summary>
    private const double RoundedInputs = 1e-2;

    [Theory]
    [InlineData("relu", 4, 0, false, 1)]
    [InlineData("gelu", 4, 0, true, 2)]
    [InlineData("relu", 4, 32, false, 2)]
    [InlineData("identity", 4, 16, true, 4)]
    [InlineData("swiglu", 4, 32, false, 2)]
    [InlineData("silu", 8, 0, false, 2)]
    [InlineData("swiglu", 8, 0, true, 2)]
    [InlineData("silu", 8, 32, false, 2)]
    [InlineData("relu", 8, 16, true, 2)]
    public void Is_read_as_a_route_and_grouped_experts(string activation, int bits, int block, bool zeros, int k)
    {
        foreach (bool normalised in (bool[])[false, true])
        {
            ModelProto model = Model(activation, bits, block, zeros, biases: normalised, ExportedModel.Int("k", k), ExportedModel.Int("normalize_routing_weights", normalised ? 1 : 0));
            Graph graph = OnnxReader.Read(model);
            GroupedMlp experts = Assert.Single(graph.PostOrder().OfType<GroupedMlp>());
            Assert.Equal((true, zeros, (long)block), (experts.Scaled, experts.ZeroPoints, experts.BlockSize));
            Assert.Equal(bits, experts.Matrix(0, 0).Weight.DType.Bits());
            using OrtRun original = new(model.ToByteArray());
            using OrtRun ours = new(Optimized(graph), kernels: true);
            foreach (long tokens in (long[])[1, 6])
            {
                Dictionary<string, RefValue> inputs = GraphInputs.Generate(graph, new Dictionary<string, long> { ["tokens"] = tokens }, seed: 3, ValueKind.Plain);
                IReadOnlyList<RefValue> meant = Evaluator.Run(graph, inputs);
                AssertNear(meant, original.Run(inputs), bits == 8 && block > 0 ? RoundedInputs : Exact);
                AssertNear(meant, ours.Run(inputs), Exact);
            }
        }
    }

    /// <summary>Of equal logits the last counts, in both ops of the provider.</summary>
    [Theory]
    [InlineData("MoE", 1)]
    [InlineData("MoE", 3)]
    [InlineData("QMoE", 1)]
    [InlineData("QMoE", 3)]
    public void Equal_logits_are_those_of_the_last_experts(string type, int k)
    {
        ExportedModel m = new(18);
        (string x, string logits) = (m.Input("x", DType.F32, "tokens", 16), m.Input("logits", DType.F32, "tokens", Experts));
        string Weight() => type == "MoE" ? m.Weight(Experts, 16, 16) : m.Codes(DType.U8, Experts, 16, 8);
        string[] Scale() => type == "MoE" ? [] : [m.Positive(Experts, 16)];
        string[] operands = [x, logits, Weight(), .. Scale(), m.Weight(Experts, 16), Weight(), .. Scale(), m.Weight(Experts, 16)];
        AttributeProto[] bits = type == "MoE" ? [] : [ExportedModel.Int("expert_weight_bits", 4)];
        m.Output(m.Microsoft(type, operands, [ExportedModel.Int("k", k), ExportedModel.Int("normalize_routing_weights", 1), .. bits]));
        Graph graph = OnnxReader.Read(m.ToModel());
        Assert.Single(graph.PostOrder().OfType<GroupedMlp>());
        using OrtRun original = new(m.ToModel().ToByteArray());
        Dictionary<string, RefValue> inputs = new()
        {
            ["x"] = RefTensor.Floats(DType.F32, [3, 16], [.. Enumerable.Range(0, 48).Select(static i => Math.Sin(i))]),
            ["logits"] = RefTensor.Floats(DType.F32, [3, Experts], [0, 0, 0, 0, 0, 1, 1, 0, 2, 0, 0, 2]),
        };
        AssertNear(Evaluator.Run(graph, inputs), original.Run(inputs), Exact);
    }

    [Theory]
    [InlineData("k", Experts + 1, "")]
    [InlineData("use_sparse_mixer", 1, "")]
    [InlineData("swiglu_fusion", 2, "")]
    [InlineData("weights_prepacked", 1, "packed for a provider")]
    [InlineData("fc1_expert_weight_bits", 4, "fc1_expert_weight_bits is not known")]
    public void Stays_as_it_is_where_the_provider_computes_something_else(string attribute, long value, string reason) =>
        AssertCarried(Model("relu", 4, 0, zeros: false, biases: false, ExportedModel.Int(attribute, value)), reason);

    [Theory]
    [InlineData(8, "no third matrix")]
    [InlineData(14, "an input of their own")]
    [InlineData(12, "the provider quantises the other anew")]
    [InlineData(7, "one of two matrices has a bias")]
    public void Stays_as_it_is_with_other_inputs(int input, string reason)
    {
        ModelProto model = Model("relu", 4, 32, zeros: input == 12, biases: input == 7);
        NodeProto node = model.Graph.Node.Single(static n => n.OpType == "QMoE");
        while (node.Input.Count <= 14)
        {
            node.Input.Add("");
        }

        node.Input[input] = input is 8 or 14 ? node.Input[1] : "";
        AssertCarried(model, reason);
    }

    [Fact]
    public void Stays_as_it_is_where_blocks_do_not_divide_rows() =>
        AssertCarried(Model("relu", 4, 64, zeros: false, biases: false), "blocks of 64 do not divide 96 rows");

    private static void AssertCarried(ModelProto model, string reason)
    {
        ReadNotes notes = new();
        Graph graph = OnnxReader.Read(model, notes: notes);
        Assert.DoesNotContain(graph.PostOrder(), static op => op is GroupedMlp);
        Assert.Contains(graph.PostOrder(), static op => op is Opaque { OpType: "QMoE" });
        Assert.Contains(notes.Carried, r => r.Reason.Contains(reason, StringComparison.Ordinal));
    }

    private static byte[] Optimized(Graph graph) =>
        OnnxEmitter.Emit(Pipelines.OneExample.Run(graph, new PassContext(new PassOptions { Verify = true })), new EmitOptions { Opset = 23 }).ToBytes();

    private static void AssertNear(IReadOnlyList<RefValue> expected, IReadOnlyList<RefValue> actual, double tolerance)
    {
        (double[] e, double[] a) = (((RefTensor)expected[0]).F, ((RefTensor)actual[0]).F);
        double error = e.Zip(a).Max(static p => Math.Abs(p.First - p.Second)) / e.Max(Math.Abs);
        Assert.True(e.Length == a.Length && error <= tolerance, $"error {error}");
    }

    private static ModelProto Model(string activation, int bits, int block, bool zeros, bool biases, params AttributeProto[] attributes)
    {
        int pack = 8 / bits;
        ExportedModel m = new(18);
        string x = m.Input("x", DType.F32, "tokens", Size);
        string logits = m.MatMul(x, m.Weight(Size, Experts));
        int width = activation == "swiglu" ? 2 * Hidden : Hidden;
        string Scale(int rows, int columns) => block == 0 ? m.Positive(Experts, columns) : m.Positive(Experts, columns, rows / block);
        string Zero(int rows, int columns) => !zeros ? ""
            : block == 0 ? m.Codes(DType.U8, Experts, (columns + pack - 1) / pack) : m.Codes(DType.U8, Experts, columns, ((rows / block) + pack - 1) / pack);
        AttributeProto[] others =
        [
            ExportedModel.Text("activation_type", activation), ExportedModel.Int("swiglu_fusion", activation == "swiglu" ? 1 : 0),
            ExportedModel.Int("expert_weight_bits", bits), ExportedModel.Int("block_size", block), ExportedModel.Real("activation_alpha", 1.5f),
            ExportedModel.Real("activation_beta", 0.5f), ExportedModel.Real("swiglu_limit", 200),
        ];
        m.Output(m.Microsoft(
            "QMoE",
            [
                x, logits, m.Codes(DType.U8, Experts, width, Size / pack), Scale(Size, width), biases ? m.Weight(Experts, width) : "",
                m.Codes(DType.U8, Experts, Size, Hidden / pack), Scale(Hidden, Size), biases ? m.Weight(Experts, Size) : "",
                "", "", "", Zero(Size, width), Zero(Hidden, Size),
            ],
            [.. attributes, .. others.Where(o => attributes.All(a => a.Name != o.Name))]));
        return m.ToModel();
    }
}
