using Tessera.Ir;
using Tessera.Onnx.Proto;
using Xunit;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>Functions beside fused ops: one for each form of an op, whatever its symbols are called.</summary>
public class FunctionTests
{
    [Fact]
    public void Equal_forms_share_a_function_and_others_have_their_own()
    {
        ModelProto model = Emit(EmitTarget.Tessera);
        Assert.Equal(3, model.Graph.Node.Count);
        Assert.Equal(model.Graph.Node[0].Overload, model.Graph.Node[1].Overload);
        Assert.NotEqual(model.Graph.Node[0].Overload, model.Graph.Node[2].Overload);
        Assert.Equal(
            [model.Graph.Node[0].Overload, model.Graph.Node[2].Overload],
            model.Functions.Select(static f => f.Overload));
    }

    [Fact]
    public void Function_imports_the_opset_of_its_model_and_uses_nothing_else()
    {
        ModelProto model = Emit(EmitTarget.Tessera);
        Assert.Equal(["", "ai.tessera"], model.OpsetImport.Select(static o => o.Domain));
        Assert.All(model.Functions, function =>
        {
            Assert.Equal(model.OpsetImport[0], Assert.Single(function.OpsetImport));
            Assert.All(function.Node, static n => Assert.Equal("", n.Domain));
        });
    }

    [Fact]
    public void Portable_model_has_neither_fused_nodes_nor_functions()
    {
        ModelProto model = Emit(EmitTarget.Portable);
        Assert.Empty(model.Functions);
        Assert.All(model.Graph.Node, static n => Assert.Equal("", n.Domain));
        Assert.Equal([""], model.OpsetImport.Select(static o => o.Domain));
    }

    [Fact]
    public void Old_opset_still_gets_the_ir_version_that_overloads_need() =>
        Assert.Equal(10, Emit(EmitTarget.Tessera, opset: 17).IrVersion);

    private static ModelProto Emit(EmitTarget target, int opset = EmitOptions.DefaultOpset)
    {
        GraphBuilder g = new();
        Value cu = g.In("cu", "i32[b + 1]");
        Value[] inputs = [g.In("x", "f32[t, 3]"), g.In("y", "f32[u, 3]"), g.In("z", "f32[t, 4]")];
        return OnnxEmitter.Emit(
            new Graph
            {
                Name = "functions",
                Builder = g,
                Inputs = [.. inputs, cu],
                Outputs = [.. inputs.Select((v, i) => new GraphOutput($"out{i}", g.SegmentSoftmax(v, cu)))],
            },
            new EmitOptions { Target = target, Opset = opset }).Model;
    }
}
