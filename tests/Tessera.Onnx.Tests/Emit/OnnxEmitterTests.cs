using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;
using Xunit;

namespace Tessera.Onnx.Tests.Emit;

public class OnnxEmitterTests
{
    private static readonly RefTensor s_x = RefTensor.Floats(DType.F32, [3, 4], [.. Enumerable.Range(0, 12).Select(static i => (i * 0.25) - 1)]);

    [Fact]
    public void Model_runs_in_onnx_runtime_as_in_the_reference()
    {
        Graph graph = Mlp.Graph();
        Dictionary<string, RefValue> inputs = new() { ["x"] = s_x };
        using OrtRun run = new(OnnxEmitter.Emit(graph).ToBytes());
        NearAssert.Near(Evaluator.Run(graph, inputs)[0], run.Run(inputs)[0]);
    }

    [Fact]
    public void Equal_graphs_give_equal_bytes() =>
        Assert.Equal(OnnxEmitter.Emit(Mlp.Graph()).ToBytes(), OnnxEmitter.Emit(Mlp.Graph()).ToBytes());

    [Fact]
    public void Names_are_module_paths_and_ordinals()
    {
        ModelProto model = OnnxEmitter.Emit(Mlp.Graph()).Model;
        Assert.Equal(
            ["mlp.fc1/matmul_0", "mlp.fc1/add_0", "mlp.fc1/gelu_0", "mlp.fc2/matmul_0", "mlp.fc2/add_0"],
            model.Graph.Node.Select(static n => n.Name));
        Assert.Equal(["x"], model.Graph.Input.Select(static i => i.Name));
        Assert.Equal(["y"], model.Graph.Node[^1].Output);
        Assert.Equal("mlp.fc2", model.Graph.Node[^1].DocString);
    }

    [Fact]
    public void Transposed_weights_become_initializers()
    {
        ModelProto model = OnnxEmitter.Emit(Mlp.Graph()).Model;
        Assert.Equal(
            ["mlp.fc1.weight.T", "mlp.fc1.bias", "mlp.fc2.weight.T", "mlp.fc2.bias"],
            model.Graph.Initializer.Select(static i => i.Name));
        Assert.Equal([4L, 8L], model.Graph.Initializer[0].Dims);
    }

    [Fact]
    public void Unbound_weights_are_named()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => OnnxEmitter.Emit(Mlp.Graph(bound: false)));
        Assert.Equal("TSR0807", error.Code);
        Assert.Contains("4 weights are not bound: mlp.fc1.weight, mlp.fc1.bias, mlp.fc2.weight, mlp.fc2.bias.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unbound_weights_become_inputs_where_asked_for()
    {
        ModelProto model = OnnxEmitter.Emit(Mlp.Graph(bound: false), new EmitOptions { UnboundAsInputs = true }).Model;
        Assert.Equal(["x", "mlp.fc1.weight", "mlp.fc1.bias", "mlp.fc2.weight", "mlp.fc2.bias"], model.Graph.Input.Select(static i => i.Name));
        Assert.Empty(model.Graph.Initializer);
    }

    [Fact]
    public void Places_go_to_the_source_map_and_not_into_the_model()
    {
        EmittedModel model = OnnxEmitter.Emit(Mlp.Graph());
        Assert.Contains("""
            "mlp.fc2/add_0": {
                  "module": "mlp.fc2",
                  "file": "Model.cs",
                  "line": 8
            """.ReplaceLineEndings("\n"), model.SourceMap.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("Model.cs", System.Text.Encoding.Latin1.GetString(model.ToBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_that_share_a_value_or_are_inputs_get_an_identity()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Value unused = g.In("unused", "f32[n]");
        Value y = g.Gelu(x);
        Graph graph = new() { Name = "g", Builder = g, Inputs = [x, unused], Outputs = [new("a", y), new("b", y), new("c", x)] };
        GraphProto proto = OnnxEmitter.Emit(graph).Model.Graph;
        Assert.Equal(["x", "unused"], proto.Input.Select(static i => i.Name));
        Assert.Equal(
            ["Gelu: x -> a", "Identity: a -> b", "Identity: x -> c"],
            proto.Node.Select(static n => $"{n.OpType}: {string.Join(", ", n.Input)} -> {string.Join(", ", n.Output)}"));
    }

    [Fact]
    public void Opset_out_of_range_is_refused()
    {
        GraphBuilder g = new() { Source = new SourceLocation("head", "Model.cs", 3) };
        Value x = g.In("x", "f32[n]");
        Graph graph = new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", g.Gelu(x))] };
        TesseraException error = Assert.Throws<TesseraException>(() => OnnxEmitter.Emit(graph, new EmitOptions { Opset = EmitOptions.MinOpset - 1 }));
        Assert.Equal("TSR0803", error.Code);
    }
}
