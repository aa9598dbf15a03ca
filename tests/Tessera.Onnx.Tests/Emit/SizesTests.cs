using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Tessera.Onnx.Proto;
using Xunit;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>Symbolic sizes as shape arithmetic: computed by ONNX Runtime to the right numbers, and folded back when read.</summary>
public class SizesTests
{
    // Reshaping to [size, 0] of an empty tensor computes the size and nothing else.
    [Theory]
    [InlineData("n")]
    [InlineData("2*n + 3")]
    [InlineData("n*m")]
    [InlineData("n*m + n - 1")]
    [InlineData("floordiv(n, 3)")]
    [InlineData("floordiv(n - 7, 3) + 10")]
    [InlineData("ceildiv(n, 4)")]
    [InlineData("ceildiv(n, m)")]
    [InlineData("mod(n, m)")]
    [InlineData("min(n, m)")]
    [InlineData("max(n, m, 6)")]
    [InlineData("2*floordiv(n, 2)*m")]
    public void Size_is_computed_and_reads_back(string text)
    {
        Dim size = Dim.Parse(text);
        GraphBuilder g = new();
        Value a = g.In("a", "f32[n, 0]");
        Value b = g.In("b", "f32[m]");
        Graph graph = Graph(g, [a, b], g.Reshape(a, [size, 0, Dim.Sym("n")]));
        EmittedModel model = OnnxEmitter.Emit(graph);
        Assert.Equal(Printer.Print(model.Graph), Printer.Print(OnnxReader.Read(model.ToBytes())));
        using OrtRun run = new(model.ToBytes());
        foreach ((int n, int m) in new[] { (1, 1), (5, 2), (7, 3), (12, 5) })
        {
            RefTensor result = (RefTensor)run.Run(new Dictionary<string, RefValue>
            {
                ["a"] = RefTensor.Floats(DType.F32, [n, 0], []),
                ["b"] = RefTensor.Floats(DType.F32, [m], new double[m]),
            })[0];
            Assert.Equal([size.Evaluate(s => s == "n" ? n : m), 0, n], result.Dims);
        }
    }

    [Fact]
    public void Size_that_only_an_affine_axis_carries_is_solved_for()
    {
        GraphBuilder g = new();
        Value a = g.In("a", "f32[2*n + 1, 0]");
        EmittedModel model = OnnxEmitter.Emit(Graph(g, [a], g.Reshape(a, [0, Dim.Sym("n"), Dim.Sym("n") + 1])));
        using OrtRun run = new(model.ToBytes());
        RefTensor result = (RefTensor)run.Run(new Dictionary<string, RefValue> { ["a"] = RefTensor.Floats(DType.F32, [7, 0], []) })[0];
        Assert.Equal([0, 3, 4], result.Dims);
        Assert.Equal(Printer.Print(model.Graph), Printer.Print(OnnxReader.Read(model.ToBytes())));
    }

    [Fact]
    public void One_symbolic_size_needs_no_arithmetic()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, 6]");
        GraphProto proto = OnnxEmitter.Emit(Graph(g, [x], g.Reshape(x, [Dim.Sym("n") * 2, 3]))).Model.Graph;
        Assert.Equal(["Constant", "Reshape"], proto.Node.Select(static n => n.OpType));
    }

    [Fact]
    public void Sizes_are_computed_once()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, m, 6]");
        Shape shape = [Dim.Sym("n"), Dim.Sym("m"), 2, 3];
        Value y = g.Reshape(x, shape);
        Value z = g.Reshape(g.Gelu(x), shape);
        Graph graph = Graph(g, [x], g.Add(y, z));
        Assert.Single(OnnxEmitter.Emit(graph).Model.Graph.Node, static n => n.OpType == "Concat");
        Assert.Equal(2, OnnxEmitter.Emit(graph).Model.Graph.Node.Count(static n => n.OpType == "Shape"));
    }

    [Fact]
    public void Size_that_nothing_carries_is_an_error()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n*m, 0]");
        TesseraException error = Assert.Throws<TesseraException>(() => OnnxEmitter.Emit(Graph(g, [x], g.Reshape(x, [Dim.Sym("n"), 0, 2]))));
        Assert.Equal("TSR0805", error.Code);
        Assert.Contains("the size 'n'", error.Message, StringComparison.Ordinal);
    }

    private static Graph Graph(GraphBuilder g, IReadOnlyList<Value> inputs, Value output) =>
        new() { Name = "sizes", Builder = g, Inputs = inputs, Outputs = [new GraphOutput("y", output)] };
}
