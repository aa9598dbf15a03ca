using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
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

    // ONNX Runtime's own maximum drops a NaN where it stands behind another number.
    [Fact]
    public void Largest_of_a_segment_keeps_a_nan_wherever_it_stands()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[t, 1]");
        Value cu = g.In("cu", "i32[b + 1]");
        Graph graph = new() { Name = "max", Builder = g, Inputs = [x, cu], Outputs = [new GraphOutput("y", g.SegmentReduce(x, cu, SegmentReduction.Max))] };
        using OrtRun run = new(OnnxEmitter.Emit(graph, new EmitOptions { Target = EmitTarget.Tessera }).ToBytes());
        const int Length = 9;
        for (int at = 0; at < Length; at++)
        {
            double[] values = [.. Enumerable.Range(0, 2 * Length).Select(i => i == at ? double.NaN : i)];
            RefTensor y = (RefTensor)run.Run(new Dictionary<string, RefValue>
            {
                ["x"] = RefTensor.Floats(DType.F32, [2 * Length, 1], values),
                ["cu"] = RefTensor.Ints(DType.I32, [3], [0, Length, 2 * Length]),
            })[0];
            Assert.Equal([double.NaN, (2 * Length) - 1], y.F);
        }
    }

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
