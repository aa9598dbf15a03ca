using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Tessera.Runtime;
using Xunit;

namespace Tessera.Compiler.Tests.Packed;

/// <summary>A word of each example beside each of its tokens: kernels copy no words.</summary>
public class WordsPerTokenTests
{
    [Theory]
    [InlineData(EmitTarget.Tessera)]
    [InlineData(EmitTarget.Portable)]
    public void Run(EmitTarget target)
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]"), word = g.In("word", "string[1]");
        Value words = g.Emit(new Expand(word) { Shape = [Dim.Sym("n")] });
        Graph single = new() { Name = "words", Builder = g, Inputs = [x, word], Outputs = [new("y", words)], Ragged = ["n"] };
        CompiledModel model = ModelCompiler.Compile(single, new CompileOptions { Batch = Batching.Packed, Verify = true, Emit = new EmitOptions { Target = target } });
        using ModelSession session = model.OpenSession();
        IReadOnlyList<RefValue> expected = Evaluator.Run(model.Graph, new Dictionary<string, RefValue>
        {
            ["x"] = RefTensor.Floats(DType.F32, [3], [1, 2, 3]),
            ["word"] = RefTensor.Strings([3, 1], ["a", "b", "c"]),
            ["cu_seqlens_n"] = RefTensor.Ints(DType.I32, [4], [0, 2, 2, 3]),
        });
        Assert.Equal(["a", "a", "c"], ((RefTensor)expected[0]).S);
    }
}
