using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Tessera.Onnx.Tests.Emit;
using Xunit;

namespace Tessera.Onnx.Tests.Import;

public class OnnxReaderTests
{
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
