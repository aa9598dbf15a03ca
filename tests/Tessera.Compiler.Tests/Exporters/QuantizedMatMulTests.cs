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

/// <summary>ONNX Runtime's product with a matrix of few bits is read as standard ops that give what it gives.</summary>
public class QuantizedMatMulTests
{
    private const int Columns = 24;

    [Theory]
    [InlineData(4, 32, 64, false, false)]
    [InlineData(4, 16, 48, true, true)]
    [InlineData(4, 32, 80, true, false)]
    [InlineData(8, 32, 64, false, true)]
    [InlineData(8, 16, 40, true, false)]
    public void Is_read_as_a_dequantised_product(int bits, int block, int rows, bool zeros, bool bias)
    {
        ModelProto model = Model(bits, block, rows, zeros, bias);
        Graph graph = OnnxReader.Read(model);
        DequantizeLinear matrix = Assert.Single(graph.PostOrder().OfType<DequantizeLinear>());
        Assert.Equal((bits, (long)block, 0L), (matrix.X.DType.Bits(), matrix.BlockSize, matrix.Axis));
        Dictionary<string, RefValue> inputs = GraphInputs.Generate(graph, new Dictionary<string, long> { ["tokens"] = 5 }, seed: 3, ValueKind.Plain);
        RefTensor expected = (RefTensor)Evaluator.Run(graph, inputs)[0];
        using OrtRun original = new(model.ToByteArray());
        AssertNear(expected, original.Run(inputs), 2e-6);

        // What is written stands for the same: ONNX Runtime makes the node of it again, and then rounds inputs to 8 bits by default.
        using OrtRun written = new(OnnxEmitter.Emit(graph, new EmitOptions { Target = EmitTarget.Portable, Opset = 21 }).ToBytes());
        AssertNear(expected, written.Run(inputs), 2e-2);
    }

    [Theory]
    [InlineData("groups", "groups in an order of their own")]
    [InlineData("real zero points", "are no whole numbers")]
    [InlineData("two bits", "2 bits are not carried")]
    public void Stays_as_it_is_where_it_has_no_such_form(string what, string reason)
    {
        ModelProto model = Model(4, 32, 64, zeros: what == "real zero points", bias: false);
        NodeProto node = model.Graph.Node.Single(static n => n.OpType == "MatMulNBits");
        switch (what)
        {
            case "groups":
                node.Input[4] = node.Input[0];
                break;
            case "real zero points":
                node.Input[3] = node.Input[2];
                break;
            default:
                node.Attribute.Single(static a => a.Name == "bits").I = 2;
                break;
        }

        ReadNotes notes = new();
        Assert.Contains(OnnxReader.Read(model, notes: notes).PostOrder(), static op => op is Opaque { OpType: "MatMulNBits" });
        Assert.Contains(reason, Assert.Single(notes.Carried).Reason, StringComparison.Ordinal);
    }

    private static void AssertNear(RefTensor expected, IReadOnlyList<RefValue> actual, double tolerance)
    {
        double error = expected.F.Zip(((RefTensor)actual[0]).F).Max(static p => Math.Abs(p.First - p.Second)) / expected.F.Max(Math.Abs);
        Assert.True(error <= tolerance, $"error {error}");
    }

    private static ModelProto Model(int bits, int block, int rows, bool zeros, bool bias)
    {
        ExportedModel m = new(21);
        string x = m.Input("x", DType.F32, "tokens", rows);
        m.Output(m.QuantizedMatMul(x, rows, Columns, bits, block, zeros, bias ? m.Weight(Columns) : ""));
        return m.ToModel();
    }
}
