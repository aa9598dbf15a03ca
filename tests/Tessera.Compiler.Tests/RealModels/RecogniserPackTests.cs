using Tessera.Compiler.Pack;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Tessera.Passes;
using Xunit;
using Files = Tessera.Testing.RealModels;

namespace Tessera.Compiler.Tests.RealModels;

/// <summary>The transformer blocks of the PP-OCRv4 recogniser, cut out of it with their weights, are packed; what is around them is not.</summary>
public sealed class RecogniserPackTests
{
    private const string File = "ch_PP-OCRv4_rec_infer.onnx";

    [SkippableFact]
    public void Its_transformer_blocks_are_packed()
    {
        using OnnxModel whole = OnnxModel.Load(Files.Require(File));
        using TemporaryFolder folder = new();
        OnnxEmitter.Emit(Blocks(whole.Graph), new EmitOptions { Opset = 17, Target = EmitTarget.Portable }).Save(folder["blocks.onnx"]);
        using OnnxModel blocks = OnnxModel.Load(folder["blocks.onnx"]);
        PackedModel packed = blocks.Pack(new PackOptions { Ragged = ["n"], Verify = true });
        Assert.Equal(2, packed.Model.Graph.PostOrder().OfType<PackedAttention>().Count());
        Assert.All(packed.Checks, static c => Assert.InRange(c.Largest, 0, 1e-4));
    }

    // From the rows that the first of two softmaxes over tokens is made of, to those that the second's block gives.
    private static Graph Blocks(Graph whole)
    {
        Graph plain = Pipelines.Plain.Run(whole, new PassContext());
        IReadOnlyList<Op> order = plain.PostOrder();
        Op[] weights = [.. order.OfType<MatMul>().Where(static m => m.A.Op is Softmax)];
        Assert.Equal(2, weights.Length);
        Value start = Tokens(weights[0].Operands[1]!);
        Value end = order.Where(static op => op.Outputs is [{ Type: TensorType { Shape: { Rank: 3 } shape } }] && shape[2] == Dim.Const(120))
            .Select(static op => op.Outputs[0]).Last(v => Reaches(v, weights[1].Outputs[0]));
        GraphBuilder g = new() { TakesClaims = true };
        Value x = g.Input("x", new TensorType(DType.F32, [Dim.Sym("batch"), Dim.Sym("n"), 120]));
        IReadOnlyList<Value> roots = new GraphRebuild(g).Run([end], new Dictionary<Value, Value> { [start] = x }, static (_, _) => null);
        return plain with { Builder = g, Inputs = [x], Outputs = [new GraphOutput("y", roots[0])] };
    }

    // The last value of [batch, n, 120] that both queries and what is added behind the block come from.
    private static Value Tokens(Value value)
    {
        while (value.Op is not null && !(value.Type is TensorType { Shape: { Rank: 3 } shape } && shape[2] == Dim.Const(120) && value.Op is Reshape or Transpose))
        {
            value = value.Producer.Operands[0]!;
        }

        return value;
    }

    private static bool Reaches(Value value, Value target) => GraphWalk.PostOrder([value]).Any(op => op.Outputs.Contains(target));
}
