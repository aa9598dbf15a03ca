using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Xunit;
using static Tessera.Compiler.Tests.Fidelity.WordyModel;

namespace Tessera.Compiler.Tests.Fidelity;

/// <summary>What a model says beside what it computes is there after it was read, optimised and written, and after doing so again.</summary>
public class WordsTests
{
    public static TheoryData<EmitTarget> Targets() => [.. Enum.GetValues<EmitTarget>()];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Words_come_out_as_they_went_in(EmitTarget target)
    {
        ModelProto written = Optimized(Make(), target);
        Check(written);
        ModelProto again = Optimized(written, target);
        Check(again);
        Assert.Equal(written.Graph, again.Graph);
    }

    private static void Check(ModelProto model)
    {
        GraphProto graph = model.Graph;
        Assert.Equal(("model words", "org.example", 7L), (model.DocString, model.Domain, model.ModelVersion));
        Assert.Contains(Pair("model key", "model value"), model.MetadataProps);
        Assert.Equal(("the graph", "graph words"), (graph.Name, graph.DocString));
        Assert.Equal([Pair("graph key", "graph value")], graph.MetadataProps);
        Assert.Equal(("input words", "TENSOR", "DATA_BATCH"), (graph.Input[0].DocString, graph.Input[0].Type.Denotation, graph.Input[0].Type.TensorType.Shape.Dim[0].Denotation));
        Assert.Equal([Pair("output key", "output value")], graph.Output[0].MetadataProps);
        TensorProto weight = Assert.Single(graph.Initializer, static t => t.Name == "w");
        Assert.Equal(("weight words", Pair("weight key", "weight value")), (weight.DocString, Assert.Single(weight.MetadataProps)));
        CheckNodes(graph);
        CheckBranches(graph);
        ValueInfoProto value = Assert.Single(graph.ValueInfo, static v => v.Name == "k");
        Assert.Equal(("value words", Pair("value key", "value value")), (value.DocString, Assert.Single(value.MetadataProps)));
        TensorAnnotation annotation = Assert.Single(graph.QuantizationAnnotation);
        Assert.Equal(("h", "scale of h"), (annotation.TensorName, Assert.Single(annotation.QuantParameterTensorNames).Value));
        Assert.Contains(graph.Initializer, static t => t.Name == "scale of h");
        Assert.Equal(Training("w"), Assert.Single(model.TrainingInfo));
    }

    private static void CheckNodes(GraphProto graph)
    {
        NodeProto sum = Assert.Single(graph.Node, static n => n.Name == "first node");
        Assert.Equal(("Add", "h", "node words"), (sum.OpType, Assert.Single(sum.Output), sum.DocString));
        Assert.Equal([Pair("node key", "node value")], sum.MetadataProps);
        NodeProto leaky = Assert.Single(graph.Node, static n => n.Name == "the leaky one");
        Assert.Equal(("k", "", "attribute words"), (Assert.Single(leaky.Output), leaky.DocString, Assert.Single(leaky.Attribute).DocString));
        NodeProto inner = Assert.Single(graph.Node, static n => n.Name == "the call/inner");
        Assert.Equal(("the call/e", "inner words"), (Assert.Single(inner.Output), inner.DocString));
        Assert.Equal([Pair("inner key", "inner value")], inner.MetadataProps);
        Assert.Equal("function value words", Assert.Single(graph.ValueInfo, static v => v.Name == "the call/e").DocString);
    }

    private static void CheckBranches(GraphProto graph)
    {
        NodeProto choice = Assert.Single(graph.Node, static n => n.Name == "choice");
        Assert.Equal("if words", choice.DocString);
        foreach (string name in (string[])["then", "else"])
        {
            GraphProto branch = Assert.Single(choice.Attribute, a => a.Name == $"{name}_branch").G;
            Assert.Equal(($"{name} graph", $"{name} words"), (branch.Name, branch.DocString));
            Assert.Equal([Pair($"{name} key", "branch value")], branch.MetadataProps);
            Assert.Equal(($"{name} node", $"{name} node words", $"{name} inner"), (branch.Node[0].Name, branch.Node[0].DocString, branch.Node[0].Output[0]));
            Assert.Equal(($"{name} out", $"{name} output words"), (branch.Output[0].Name, branch.Output[0].DocString));
            Assert.Equal($"{name} value words", Assert.Single(branch.ValueInfo).DocString);
        }
    }

    [Fact]
    public void Value_keeps_its_name_when_its_node_becomes_another()
    {
        ModelProto model = Make();
        model.Graph.Node[1] = Node("product", "Mul", ["h", "one"], ["k"], "");
        model.Graph.Node[0] = Node("sum", "Sub", ["x", "w"], ["h"], "");
        model.OpsetImport[0].Version = 24;
        model.Graph.Node.Insert(1, Node("again", "Sigmoid", ["h"], ["one"], "gone"));
        ModelProto written = Optimized(model, EmitTarget.Tessera);
        Assert.DoesNotContain(written.Graph.Node, static n => n.Name is "product" or "again" || n.DocString == "gone");
        Assert.Contains(written.Graph.Node, static n => n.Output.Contains("k"));
        Assert.Equal("value words", Assert.Single(written.Graph.ValueInfo, static v => v.Name == "k").DocString);
    }

    [Fact]
    public void Training_is_left_out_where_its_weight_is_gone_and_said_to_be()
    {
        ModelProto model = Make();
        model.TrainingInfo[0] = Training("v");
        model.Graph.Initializer.Add(new TensorProto { Name = "v", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 3 }, FloatData = { 1, 2, 3 } });
        using TemporaryFolder folder = new();
        using OnnxModel loaded = Load(model, folder);
        CompiledModel compiled = loaded.Optimize();
        Assert.Empty(compiled.Emitted.Model.TrainingInfo);
        Assert.Contains(compiled.FindWarnings(), static w => w.Code == "TSR0906" && w.Message.Contains("'v'", StringComparison.Ordinal));
    }

    [Fact]
    public void Weight_of_one_element_that_training_sets_stays_a_weight()
    {
        ModelProto model = Make();
        model.Graph.Initializer[0] = new TensorProto { Name = "w", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 1 }, FloatData = { 1 }, DocString = "weight words", MetadataProps = { Pair("weight key", "weight value") } };
        Check(Optimized(model, EmitTarget.Portable));
    }

    private static ModelProto Optimized(ModelProto model, EmitTarget target)
    {
        using TemporaryFolder folder = new();
        using OnnxModel loaded = Load(model, folder);
        return ModelProto.Parser.ParseFrom(loaded.Optimize(new OptimizeOptions { Target = target }).ToBytes());
    }

    private static OnnxModel Load(ModelProto model, TemporaryFolder folder)
    {
        File.WriteAllBytes(folder["model.onnx"], model.ToByteArray());
        return OnnxModel.Load(folder["model.onnx"]);
    }
}
