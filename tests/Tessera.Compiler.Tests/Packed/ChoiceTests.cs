using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Compiler.Tests.Packed;

/// <summary>A choice that is the same for all examples, of branches that fold the tokens of each, in ONNX Runtime.</summary>
public class ChoiceTests
{
    [Theory]
    [InlineData(4, true)]
    [InlineData(2, true)]
    [InlineData(4, false)]
    [InlineData(2, false)]
    public void Each_example_gets_from_a_branch_what_it_gets_alone(int width, bool kernels)
    {
        CompiledModel model = ModelCompiler.Compile(Single(), new CompileOptions { Batch = Batching.Packed });
        Assert.Single(model.Graph.PostOrder().OfType<If>());
        long[] lengths = [2, 0, 3, 1];
        RefTensor all = RefTensor.Floats(DType.F32, [lengths.Sum(), width], [.. Enumerable.Range(0, (int)lengths.Sum() * width).Select(static i => Math.Sin(i))]);
        using OrtRun run = new(model.ToBytes(), kernels);
        RefTensor together = (RefTensor)run.Run(new Dictionary<string, RefValue>
        {
            ["x"] = all,
            ["cu_seqlens_n"] = RefTensor.Ints(DType.I32, [5], [0, 2, 2, 5, 6]),
        })[0];
        int start = 0;
        foreach (long length in lengths)
        {
            int count = (int)length * width;
            RefTensor own = RefTensor.Floats(DType.F32, [length, width], all.F[start..(start + count)]);
            RefTensor alone = (RefTensor)Evaluator.Run(Single(), new Dictionary<string, RefValue> { ["x"] = own })[0];
            Assert.All(alone.F.Zip(together.F[start..(start + count)]), static p => Assert.Equal(p.First, p.Second, 1e-6));
            start += count;
        }
    }

    // Wide ones are centred, narrow ones turned round.
    private static Graph Single()
    {
        GraphBuilder g = new();
        Value x = g.Input("x", new TensorType(DType.F32, [Dim.Sym("n"), Dim.Sym("d")]));
        Value y = g.If(
            g.Greater(g.DimValue(Dim.Sym("d")), g.Int(DType.I64, 3)),
            [x],
            Regions.Of([x.Type], static (r, p) => [r.Sub(p[0], r.ReduceSum(p[0], [0], keepDims: true))]),
            Regions.Of([x.Type], static (r, p) => [r.Neg(p[0])]))[0];
        return new Graph { Name = "choice", Builder = g, Inputs = [x], Outputs = [new GraphOutput("y", y)], Ragged = ["n"] };
    }
}
