using System.Text.RegularExpressions;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>A size that only the data tells is written after the value that brings it, whichever the outputs name first.</summary>
public partial class EmissionOrderTests
{
    [Fact]
    public void Size_as_a_number_is_written_after_the_value_that_brings_it() =>
        Assert.Equal(2, First((g, count) => g.DimValue(count)).I[0]);

    [Fact]
    public void Size_in_an_attribute_is_written_after_the_value_that_brings_it() =>
        Assert.Equal([2, 3], First((g, count) => g.Expand(g.Float(DType.F32, 1), [count, count + 1])).Dims);

    [Fact]
    public void Size_in_a_region_is_written_after_the_value_that_brings_it() =>
        Assert.Equal(2, First((g, count) => g.If(g.Constant(TensorContent.From<bool>(DType.Bool, [], [true])), [], Branch(count), Branch(count + 1))[0]).I[0]);

    [Fact]
    public void Sizes_of_inputs_change_no_order()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Graph graph = Graph(g, [x], ("size", g.DimValue(x.Shape[0] + 1)), ("places", g.NonZero(x)));
        Assert.Equal(
            ["Shape", "Add", "Squeeze", "NonZero"],
            OnnxEmitter.Emit(graph).Model.Graph.Node.Select(static n => n.OpType).Where(static t => t is not ("Constant" or "Identity")));
    }

    [Fact]
    public void A_need_that_runs_in_a_circle_ends()
    {
        GraphBuilder g = new();
        Value a = g.Relu(g.In("x", "f32[n]"));
        Value b = g.Neg(a);
        Assert.Equal(
            GraphWalk.PostOrder([b]).Select(static op => op.Schema.Name),
            GraphWalk.PostOrder([b], op => ReferenceEquals(op, a.Producer) ? [b] : []).Select(static op => op.Schema.Name));
    }

    // The first of two outputs: it needs the number of elements that are not zero, the second brings it.
    private static RefTensor First(Func<GraphBuilder, Dim, Value> needs)
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Value places = g.NonZero(x);
        EmittedModel model = OnnxEmitter.Emit(Graph(g, [x], ("size", needs(g, places.Shape[1])), ("places", places)));
        Assert.Equal(Text(model.Graph), Text(OnnxReader.Read(model.ToBytes())));
        using OrtRun run = new(model.ToBytes());
        return (RefTensor)run.Run(new Dictionary<string, RefValue> { ["x"] = RefTensor.Floats(DType.F32, [3], [1, 0, 2]) })[0];
    }

    // A size that the data tells is named by the op that brings it, whose number is another one after reading.
    private static string Text(Graph graph) => FreshName().Replace(Printer.Print(graph), "nonzero");

    private static Region Branch(Dim size)
    {
        GraphBuilder builder = new();
        return new Region(builder, [], [builder.DimValue(size)]);
    }

    private static Graph Graph(GraphBuilder g, IReadOnlyList<Value> inputs, params (string Name, Value Value)[] outputs) =>
        new() { Name = "sizes", Builder = g, Inputs = inputs, Outputs = [.. outputs.Select(static o => new GraphOutput(o.Name, o.Value))] };

    [GeneratedRegex(@"nonzero_\d+_0_1")]
    private static partial Regex FreshName();
}
