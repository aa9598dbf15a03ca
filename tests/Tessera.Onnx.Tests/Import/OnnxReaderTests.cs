using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Tessera.Onnx.Proto;
using Tessera.Onnx.Tests.Emit;
using Xunit;

namespace Tessera.Onnx.Tests.Import;

public class OnnxReaderTests
{
    [Fact]
    public void Nodes_that_lost_inputs_or_outputs_are_errors_of_the_file()
    {
        ModelProto whole = ModelProto.Parser.ParseFrom(OnnxEmitter.Emit(Parser.Parse("""
            graph "g" {
              input %x: f32[n, 4]
              %0 = reshape %x {shape = [n, 2, 2]}
              %1 = relu %0
              output "x again" = %x
              output "y" = %1
            }
            """)).ToBytes());
        for (int at = 0; at < whole.Graph.Node.Count; at++)
        {
            ModelProto noOutput = whole.Clone();
            noOutput.Graph.Node[at].Output.Clear();
            Assert.Throws<TesseraException>(() => OnnxReader.Read(noOutput));
            for (int input = 0; input < whole.Graph.Node[at].Input.Count; input++)
            {
                ModelProto noInput = whole.Clone();
                noInput.Graph.Node[at].Input[input] = "";
                Assert.True(Record.Exception(() => OnnxReader.Read(noInput)) is null or TesseraException);
                noInput.Graph.Node[at].Input.Clear();
                Assert.True(Record.Exception(() => OnnxReader.Read(noInput)) is null or TesseraException);
            }
        }
    }

    [Fact]
    public void Model_with_weights_reads_back()
    {
        EmittedModel model = OnnxEmitter.Emit(Mlp.Graph());
        Graph read = OnnxReader.Read(model.ToBytes());
        Assert.Equal(Printer.Print(model.Graph), Printer.Print(read));
        Dictionary<string, RefValue> inputs = new() { ["x"] = RefTensor.Floats(DType.F32, [1, 4], [1, 2, 3, 4]) };
        NearAssert.Near(Evaluator.Run(Mlp.Graph(), inputs)[0], Evaluator.Run(read, inputs)[0]);
    }
}
