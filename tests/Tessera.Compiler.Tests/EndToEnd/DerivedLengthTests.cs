using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>Packed graphs of as many tokens as no input has: a convolution of a stride gives them.</summary>
public class DerivedLengthTests
{
    public static TheoryData<EmitTarget, int> Targets()
    {
        TheoryData<EmitTarget, int> cases = [];
        foreach (EmitTarget target in Enum.GetValues<EmitTarget>())
        {
            foreach (int opset in (int[])[EmitOptions.MinCompleteOpset, EmitOptions.DefaultOpset, EmitOptions.MaxOpset])
            {
                cases.Add(target, opset);
            }
        }

        return cases;
    }

    // What is had for each token meets what bodies of segment ops make: a reader has to see that they are as many.
    [Theory]
    [MemberData(nameof(Targets))]
    public void Are_written_and_read_back(EmitTarget target, int opset)
    {
        CompiledModel model = ModelCompiler.Compile(Halved(), new CompileOptions { Batch = Batching.Packed, Verify = true, Emit = new EmitOptions { Target = target, Opset = opset } });
        Graph read = OnnxReader.Read(model.ToBytes());
        Verifier.Verify(read);
        Assert.Equal(["sum", "cu_seqlens_sum", "share", "cu_seqlens_share", "running", "cu_seqlens_running"], read.Outputs.Select(static o => o.Name));
    }

    private static Graph Halved()
    {
        GraphBuilder g = new([Constraint.Parse("n >= 1")]);
        Value x = g.In("x", "f32[n, 2]");
        Value channels = g.Unsqueeze(g.Transpose(x, [1, 0]), [0]);
        Value weight = g.Constant(TensorContent.From<float>(DType.F32, [2, 2, 3], [.. Enumerable.Range(0, 12).Select(static i => i - 5f)]));
        Value halved = g.Transpose(g.Squeeze(g.Emit(new Conv(channels, weight, null) { Strides = [2], Pads = [1, 1] }), [0]), [1, 0]);
        Value sum = g.Add(halved, g.ReduceMean(x, [0]));
        Value share = g.Softmax(sum, 0), running = g.Add(g.CumSum(sum, 0), share);
        return new Graph { Name = "halved", Builder = g, Inputs = [x], Outputs = [new("sum", sum), new("share", share), new("running", running)], Ragged = ["n"] };
    }
}
