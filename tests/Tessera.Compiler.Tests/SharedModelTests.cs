using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Compiler.Tests;

public class SharedModelTests
{
    [Fact]
    public void Threads_that_share_a_model_get_what_one_gets()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["m.onnx"], Chain().ToModel().ToByteArray());
        EmitTarget[] targets = [EmitTarget.Portable, EmitTarget.Ort, EmitTarget.Tessera];
        byte[][] alone = [.. targets.Select(t => Optimized(folder["m.onnx"], t))];
        using OnnxModel shared = OnnxModel.Load(folder["m.onnx"]);
        byte[][] together = new byte[12][];
        Parallel.For(0, together.Length, i => together[i] = shared.Optimize(new OptimizeOptions { Target = targets[i % targets.Length] }).ToBytes());
        Assert.All(together.Select(static (bytes, i) => (bytes, i)), p => Assert.Equal(alone[p.i % targets.Length], p.bytes));
    }

    private static byte[] Optimized(string path, EmitTarget target)
    {
        using OnnxModel model = OnnxModel.Load(path);
        return model.Optimize(new OptimizeOptions { Target = target }).ToBytes();
    }

    private static ExportedModel Chain()
    {
        ExportedModel m = new();
        string x = m.Input("x", DType.F32, "n", 4);
        for (int i = 0; i < 40; i++)
        {
            string y = m.Node("Add", [m.MatMul(x, m.Weight(4, 4)), m.Weight(4)]);
            x = m.Node("Mul", [y, m.Node("Sigmoid", [y])]);
        }

        m.Output(x);
        return m;
    }
}
