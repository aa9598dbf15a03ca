using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Compiler.Tests.Packed;

/// <summary>A choice, and rounds, that are the same for all examples, in which the tokens of each are folded, and rounds of a token each, in ONNX Runtime.</summary>
public class ControlFlowTests
{
    [Theory]
    [InlineData(4, true)]
    [InlineData(2, true)]
    [InlineData(4, false)]
    [InlineData(2, false)]
    public void Each_example_gets_from_a_branch_what_it_gets_alone(int width, bool kernels)
    {
        Check<If>(Choice, width, kernels);
        Check<Loop>(Rounds, width, kernels);
        Check<Scan>(Steps, width, kernels);
    }

    private static void Check<T>(Func<GraphBuilder, Value, Value> build, int width, bool kernels)
        where T : Op
    {
        CompiledModel model = ModelCompiler.Compile(Single(build), new CompileOptions { Batch = Batching.Packed });
        Assert.Contains(model.Graph.PostOrder(), static op => op is T);
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
            RefTensor alone = (RefTensor)Evaluator.Run(Single(build), new Dictionary<string, RefValue> { ["x"] = own })[0];
            Assert.All(alone.F.Zip(together.F[start..(start + count)]), static p => Assert.Equal(p.First, p.Second, 1e-6));
            start += count;
        }
    }

    // Wide ones are centred, narrow ones turned round.
    private static Value Choice(GraphBuilder g, Value x) => g.If(
        g.Greater(g.DimValue(Dim.Sym("d")), g.Int(DType.I64, 3)),
        [x],
        Regions.Of([x.Type], static (r, p) => [r.Sub(p[0], r.ReduceSum(p[0], [0], keepDims: true))]),
        Regions.Of([x.Type], static (r, p) => [r.Neg(p[0])]))[0];

    // As many rounds as there are columns: the sum of the tokens gains half of what the round before left of it.
    private static Value Rounds(GraphBuilder g, Value x)
    {
        Value none = g.Expand(g.Float(DType.F32, 0), [Dim.Sym("d")]);
        Region body = Regions.Of(
            [new TensorType(DType.I64, []), new TensorType(DType.Bool, []), none.Type, x.Type],
            static (r, p) => [p[1], r.Add(r.Mul(p[2], r.Float(DType.F32, 0.5)), r.ReduceSum(p[3], [0]))]);
        return g.Add(x, g.Loop([none, x], 1, body, maxTrip: g.DimValue(Dim.Sym("d")))[0]);
    }

    // What is left of the tokens before, backwards, and the last of it for all.
    private static Value Steps(GraphBuilder g, Value x)
    {
        Value none = g.Expand(g.Float(DType.F32, 0), [Dim.Sym("d")]);
        Region body = Regions.Of([none.Type, none.Type], static (r, p) => r.Add(r.Mul(p[0], r.Float(DType.F32, 0.5)), p[1]) is var state ? [state, r.Tanh(state)] : []);
        IReadOnlyList<Value> steps = g.Scan([none, x], 2, 1, body, inputDirections: [1], outputDirections: [1]);
        return g.Add(steps[1], steps[0]);
    }

    private static Graph Single(Func<GraphBuilder, Value, Value> build)
    {
        GraphBuilder g = new();
        Value x = g.Input("x", new TensorType(DType.F32, [Dim.Sym("n"), Dim.Sym("d")]));
        return new Graph { Name = "control", Builder = g, Inputs = [x], Outputs = [new GraphOutput("y", build(g, x))], Ragged = ["n"] };
    }
}
