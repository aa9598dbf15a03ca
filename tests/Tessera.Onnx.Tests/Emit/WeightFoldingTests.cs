using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;
using Xunit;

namespace Tessera.Onnx.Tests.Emit;

public class WeightFoldingTests
{
    private static readonly MemoryWeightSource s_a = Numbers(0, 2, 3);
    private static readonly MemoryWeightSource s_b = Numbers(6, 2, 3);

    public static TheoryData<string, string> Layouts() => new()
    {
        { "transpose", "a.T" },
        { "reshape", "a.as_6" },
        { "unsqueeze", "a.as_2x1x3" },
        { "cast", "a.f16" },
        { "slice", "a.1_3" },
        { "concat", "a+b" },
        { "chain", "a+b.T.1_4" },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Layout_of_weights_becomes_a_weight(string layout, string path)
    {
        GraphBuilder g = new();
        Graph graph = Graph(g, Build(g, layout));
        EmittedModel model = OnnxEmitter.Emit(graph);
        GraphProto proto = model.Model.Graph;
        Assert.Equal([path], proto.Initializer.Select(static i => i.Name));
        Assert.Equal(["Identity"], proto.Node.Select(static n => n.OpType));
        RefTensor expected = (RefTensor)Evaluator.Run(graph, new Dictionary<string, RefValue>())[0];
        RefTensor folded = RefTensors.FromSource(model.Weights[0].Source);
        Assert.Equal(expected.Dims, folded.Dims);
        Assert.Equal(expected.F, folded.F);
    }

    [Fact]
    public void Weight_that_is_also_used_as_it_stands_is_written_once()
    {
        GraphBuilder g = new();
        Value a = g.Param("a", "f32[2, 3]");
        Value tied = g.MatMul(a, g.Transpose(a, [1, 0]));
        GraphProto proto = OnnxEmitter.Emit(Graph(g, tied)).Model.Graph;
        Assert.Equal(["a"], proto.Initializer.Select(static i => i.Name));
        Assert.Equal(["Transpose", "MatMul"], proto.Node.Select(static n => n.OpType));
    }

    [Fact]
    public void Factors_along_an_axis_become_a_weight_even_beside_the_weight_itself()
    {
        GraphBuilder g = new();
        Value a = g.Param("a", "f32[2, 3]");
        Value factors = g.Emit(new Ir.Ops.Constant { Value = RefTensors.ToContent(RefTensor.Floats(DType.F64, [2, 1], [0.1, 3])) });
        Value scaled = g.Cast(g.Mul(g.Cast(a, DType.F64), factors), DType.F32);
        Graph graph = Graph(g, g.MatMul(a, g.Transpose(scaled, [1, 0])));
        EmittedModel model = OnnxEmitter.Emit(graph);
        Assert.Equal(["MatMul"], model.Model.Graph.Node.Select(static n => n.OpType));
        RefTensor expected = (RefTensor)Evaluator.Run(Graph(g, g.Transpose(scaled, [1, 0])), new Dictionary<string, RefValue>())[0];
        Assert.Equal(expected.F, RefTensors.FromSource(model.Weights.Single(static w => w.Proto.Name != "a").Source).F);
    }

    [Fact]
    public void Factors_that_lie_along_no_one_axis_or_are_no_f64_stay_ops()
    {
        GraphBuilder g = new();
        Value a = g.Param("a", "f32[2, 3]");
        Value Factors(DType dtype, params long[] dims) =>
            g.Emit(new Ir.Ops.Constant { Value = RefTensors.ToContent(RefTensor.Floats(dtype, dims, [.. Enumerable.Repeat(2.0, (int)dims.Aggregate(1L, static (x, y) => x * y))])) });
        GraphProto whole = OnnxEmitter.Emit(Graph(g, g.Mul(g.Cast(a, DType.F64), Factors(DType.F64, 2, 3)))).Model.Graph;
        GraphProto narrow = OnnxEmitter.Emit(Graph(g, g.Mul(a, Factors(DType.F32, 2, 1)))).Model.Graph;
        Assert.Contains(whole.Node, static n => n.OpType == "Mul");
        Assert.Contains(narrow.Node, static n => n.OpType == "Mul");
    }

    [Fact]
    public void Size_known_at_run_time_keeps_its_name_over_a_folded_weight()
    {
        GraphBuilder g = new();
        Value places = g.NonZero(g.Transpose(g.Param("a", "f32[2, 3]"), [1, 0]));
        Graph prepared = OnnxEmitter.Prepare(Graph(g, g.Expand(places, [4, 2, places.Shape[1]])), new EmitOptions());
        Verifier.Verify(prepared);
        Assert.Equal(["a.T"], prepared.PostOrder().OfType<Ir.Ops.Parameter>().Select(static p => p.Path));
    }

    [Fact]
    public void Unbound_weight_keeps_its_layout_change()
    {
        GraphBuilder g = new();
        Graph graph = Graph(g, g.Transpose(g.Param("free", "f32[2, 3]"), [1, 0]));
        GraphProto proto = OnnxEmitter.Emit(graph, new EmitOptions { UnboundAsInputs = true }).Model.Graph;
        Assert.Equal(["Transpose"], proto.Node.Select(static n => n.OpType));
    }

    [Fact]
    public void Bytes_that_do_not_fit_the_type_are_an_error()
    {
        GraphBuilder g = new();
        Graph graph = Graph(g, g.Param("a", "f32[3, 2]"));
        TesseraException error = Assert.Throws<TesseraException>(() => OnnxEmitter.Emit(graph));
        Assert.Equal("TSR0808 a: the weight is f32[3, 2], its bytes are f32[2, 3].", error.Message);
    }

    private static Value Build(GraphBuilder g, string layout)
    {
        Value a = g.Param("a", "f32[2, 3]");
        return layout switch
        {
            "transpose" => g.Transpose(a, [1, 0]),
            "reshape" => g.Reshape(a, [6]),
            "unsqueeze" => g.Unsqueeze(a, [1]),
            "cast" => g.Cast(a, DType.F16),
            "slice" => g.Slice(a, [1], [long.MaxValue], [-1]),
            "concat" => Both(g, a),
            _ => g.Slice(g.Transpose(Both(g, a), [1, 0]), [1], [4], [1]),
        };
    }

    private static Value Both(GraphBuilder g, Value a) => g.Concat([a, g.Param("b", "f32[2, 3]")], 0);

    private static Graph Graph(GraphBuilder g, Value output) => new()
    {
        Name = "weights",
        Builder = g,
        Inputs = [],
        Outputs = [new GraphOutput("y", output)],
        Weights = new Dictionary<string, WeightSource> { ["a"] = s_a, ["b"] = s_b },
    };

    private static MemoryWeightSource Numbers(int first, params long[] dims) =>
        MemoryWeightSource.Of<float>([.. Enumerable.Range(first, (int)(dims[0] * dims[1])).Select(static i => (float)i)], dims);
}
