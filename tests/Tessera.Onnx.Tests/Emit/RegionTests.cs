using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Ir.Text;
using Tessera.Onnx.Proto;
using Xunit;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>Regions as subgraphs: what they capture keeps its outer name, at any depth.</summary>
public class RegionTests
{
    private static readonly TensorType s_vector = (TensorType)TypeText.Parse("f32[n]");
    private static readonly TensorType s_flag = (TensorType)TypeText.Parse("bool[]");

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Nested_branches_run_and_read_back(bool outer, bool inner)
    {
        Graph graph = Nested();
        EmittedModel model = OnnxEmitter.Emit(graph);
        Assert.Equal(Printer.Print(model.Graph), Printer.Print(OnnxReader.Read(model.ToBytes())));
        Dictionary<string, RefValue> inputs = new()
        {
            ["x"] = RefTensor.Floats(DType.F32, [3], [1, 2, 3]),
            ["unused"] = RefTensor.Floats(DType.F32, [3], [9, 9, 9]),
            ["y"] = RefTensor.Floats(DType.F32, [3], [4, 5, 6]),
            ["outer"] = RefTensor.Bools([], [outer]),
            ["inner"] = RefTensor.Bools([], [inner]),
        };
        using OrtRun run = new(model.ToBytes());
        NearAssert.Near(Evaluator.Run(graph, inputs)[0], run.Run(inputs)[0]);
    }

    [Fact]
    public void Captures_are_no_inputs_and_unused_ones_are_dropped()
    {
        GraphProto proto = OnnxEmitter.Emit(Nested()).Model.Graph;
        NodeProto node = proto.Node[^1];
        Assert.Equal("If", node.OpType);
        Assert.Equal(["outer"], node.Input);
        Assert.All(node.Attribute, static a => Assert.Empty(a.G.Input));
        Assert.DoesNotContain("unused", Used(node));
        Assert.Superset(new HashSet<string> { "x", "y", "inner" }, Used(node));
    }

    [Fact]
    public void Names_are_distinct_across_graphs()
    {
        List<string> made = [.. Made(OnnxEmitter.Emit(Nested()).Model.Graph)];
        Assert.Equal(made.Distinct(), made);
    }

    [Fact]
    public void Constant_that_moves_inside_keeps_the_name_of_a_size_made_of_it()
    {
        GraphBuilder g = new();
        Value flag = g.In("c", "bool[]");
        Value constant = g.Ints(0, 7, 0, 9);
        Region Branch(long copies) => Regions.Of([constant.Type], (r, p) => [r.NonZero(p[0]) is var places ? r.Expand(places, [copies, 1, places.Shape[1]]) : places]);
        Value result = g.If(flag, [constant], Branch(2), Branch(3))[0];
        Graph graph = new() { Name = "moved", Builder = g, Inputs = [flag], Outputs = [new("y", result)] };
        using OrtRun run = new(OnnxEmitter.Emit(graph).ToBytes());
        RefTensor places = (RefTensor)run.Run(new Dictionary<string, RefValue> { ["c"] = RefTensor.Bools([], [true]) })[0];
        Assert.Equal([1, 3, 1, 3], places.I);
    }

    [Fact]
    public void Size_that_a_region_makes_up_is_not_one_of_the_same_name_around_it()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Value outside = Ones(g, x);
        Value[] inputs = [x, g.In("y", "f32[n]"), g.In("c", "bool[]")];
        Value inside = g.If(
            inputs[2], [inputs[1]], Regions.Of([s_vector], static (r, p) => [Ones(r, p[0])]), Regions.Of([s_vector], static (r, p) => [r.ReduceSum(p[0], [0], keepDims: false)]))[0];
        Graph graph = new() { Name = "sizes", Builder = g, Inputs = inputs, Outputs = [new("outside", outside), new("inside", inside)] };
        Dictionary<string, RefValue> values = new()
        {
            ["x"] = RefTensor.Floats(DType.F32, [4], [1, 2, 3, 4]),
            ["y"] = RefTensor.Floats(DType.F32, [4], [0, 0, 3, 0]),
            ["c"] = RefTensor.Bools([], [true]),
        };
        using OrtRun run = new(OnnxEmitter.Emit(graph).ToBytes());
        IReadOnlyList<RefValue> results = run.Run(values);
        Assert.Equal([12.0], ((RefTensor)results[0]).F);
        Assert.Equal([4.0], ((RefTensor)results[1]).F);

        // Twice the places of what is not zero; both builders call their number nonzero_1_0_1.
        static Value Ones(GraphBuilder b, Value v)
        {
            Value places = b.Transpose(b.NonZero(v), [1, 0]);
            Dim count = places.Shape[0];
            Assert.Equal(Dim.Sym("nonzero_1_0_1"), count);
            return b.ReduceSum(b.Cast(b.Expand(places, [count, 2]), DType.F32), [0, 1], keepDims: false);
        }
    }

    // outer ? (inner ? x + y : x · y) : y + n
    private static Graph Nested()
    {
        GraphBuilder g = new();
        Value[] inputs = [g.In("x", "f32[n]"), g.In("unused", "f32[n]"), g.In("y", "f32[n]"), g.In("outer", "bool[]"), g.In("inner", "bool[]")];
        IrType[] captures = [s_vector, s_vector, s_vector, s_flag];
        Region then = Regions.Of(captures, static (r, p) =>
        [
            r.If(
                p[3],
                [p[0], p[2]],
                Regions.Of([s_vector, s_vector], static (s, q) => [s.Add(q[0], q[1])]),
                Regions.Of([s_vector, s_vector], static (s, q) => [s.Mul(q[0], q[1])]))[0],
        ]);
        Region @else = Regions.Of(captures, static (r, p) => [r.Add(p[2], r.Cast(r.DimValue(Dim.Sym("n")), DType.F32))]);
        Value result = g.If(inputs[3], [inputs[0], inputs[1], inputs[2], inputs[4]], then, @else)[0];
        return new Graph { Name = "nested", Builder = g, Inputs = inputs, Outputs = [new GraphOutput("out", result)] };
    }

    private static HashSet<string> Used(NodeProto node) =>
        [.. node.Input, .. node.Attribute.Where(static a => a.G is not null).SelectMany(static a => a.G.Node).SelectMany(Used)];

    private static IEnumerable<string> Made(GraphProto graph) => graph.Node.SelectMany(static n =>
        n.Output.Concat(n.Attribute.Where(static a => a.G is not null).SelectMany(static a => Made(a.G))));
}
