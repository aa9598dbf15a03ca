using Google.Protobuf;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Passes.Replay;
using Xunit;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>ONNX Runtime's own op of experts is read as what its CPU provider computes.</summary>
public class RuntimeExpertsTests
{
    private const int Experts = 4;
    private const int Size = 8;
    private const int Hidden = 16;

    [Theory]
    [InlineData("relu", 1, false, false)]
    [InlineData("gelu", 2, true, false)]
    [InlineData("silu", 2, false, true)]
    [InlineData("identity", 4, true, true)]
    [InlineData("swiglu", 2, true, true)]
    public void Is_read_as_a_route_and_grouped_experts(string activation, int k, bool normalised, bool biases)
    {
        ModelProto model = Model(activation, k, normalised, biases);
        Graph graph = OnnxReader.Read(model);
        Assert.Single(graph.PostOrder().OfType<GroupedMlp>());
        Assert.Equal(normalised, graph.PostOrder().OfType<Route>().Single().Renormalize);
        using OrtRun original = new(model.ToByteArray());
        foreach (long tokens in (long[])[1, 6])
        {
            Dictionary<string, RefValue> inputs = GraphInputs.Generate(graph, new Dictionary<string, long> { ["tokens"] = tokens }, seed: 3, ValueKind.Plain);
            Assert.Null(Comparison.Of(original.Run(inputs), Evaluator.Run(graph, inputs), static _ => 1e-5).Difference);
        }
    }

    [Theory]
    [InlineData("use_sparse_mixer")]
    [InlineData("k")]
    public void Stays_as_it_is_where_the_provider_computes_something_else(string attribute)
    {
        ModelProto model = Model("relu", 2, normalised: false, biases: false);
        NodeProto node = model.Graph.Node.Single(static n => n.OpType == "MoE");
        foreach (AttributeProto known in node.Attribute.Where(a => a.Name == attribute).ToArray())
        {
            node.Attribute.Remove(known);
        }

        node.Attribute.Add(ExportedModel.Int(attribute, attribute == "k" ? Experts + 1 : 1));
        Assert.DoesNotContain(OnnxReader.Read(model).PostOrder(), static op => op is GroupedMlp);
    }

    private static ModelProto Model(string activation, int k, bool normalised, bool biases)
    {
        ExportedModel m = new(18);
        string x = m.Input("x", DType.F32, "tokens", Size);
        string logits = m.MatMul(x, m.Weight(Size, Experts));
        int width = activation == "swiglu" ? 2 * Hidden : Hidden;
        string y = m.Node(
            "MoE",
            [x, logits, m.Weight(Experts, width, Size), biases ? m.Weight(Experts, width) : "", m.Weight(Experts, Size, Hidden), biases ? m.Weight(Experts, Size) : ""],
            ExportedModel.Int("k", k), ExportedModel.Int("normalize_routing_weights", normalised ? 1 : 0), ExportedModel.Text("activation_type", activation),
            ExportedModel.Int("swiglu_fusion", activation == "swiglu" ? 1 : 0));
        m.Output(y);
        ModelProto model = m.ToModel();
        model.Graph.Node.Single(static n => n.OpType == "MoE").Domain = "com.microsoft";
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        return model;
    }
}
