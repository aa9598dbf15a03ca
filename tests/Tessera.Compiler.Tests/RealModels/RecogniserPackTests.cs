using Tessera.Compiler.Pack;
using Tessera.Ir;
using Tessera.Ir.Onnx;
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
        int convolutions = Convolutions(start);
        Value end = order.Select(static op => op.Outputs[0])
            .Last(v => IsTokens(v) && Reaches(v, weights[1].Outputs[0]) && Convolutions(v) == convolutions);
        GraphBuilder g = new() { TakesClaims = true };
        Dim Named(Dim dim) => dim == start.Shape[1] ? Dim.Sym("n") : dim == start.Shape[0] ? Dim.Sym("batch") : dim;
        Value x = g.Input("x", new TensorType(DType.F32, start.Shape.Map(Named)));
        Value image = whole.Inputs.Single();
        Value unused = g.Input("image", new TensorType(image.DType, image.Shape.Map(Named)));
        IReadOnlyList<Value> roots = GraphWalk.Rebuild([end], new Dictionary<Value, Value> { [start] = x, [image] = unused }, (op, operands) => g.EmitAll(OpRewriting.MapAttributes(op, value => value switch
        {
            Dim dim => Named(dim),
            Shape shape => shape.Map(Named),
            EquatableArray<Dim> dims => dims.Select(Named).ToEquatableArray(),
            _ => value,
        }).WithOperands(operands)));
        return plain with { Builder = g, Inputs = [x], Outputs = [new GraphOutput("y", roots[0])] };
    }

    // The tokens that the values of the first block are made of: moved there from the image, and normed on the way.
    private static Value Tokens(Value value)
    {
        while (!(IsTokens(value) && value.Op is Reshape or Transpose))
        {
            value = value.Producer.Operands[0]!;
        }

        return value;
    }

    private static bool IsTokens(Value value) => value.Type is TensorType { Shape: { Rank: 3 } shape } && shape[2] == Dim.Const(120);

    private static int Convolutions(Value value) => GraphWalk.PostOrder([value]).Count(static op => op is Conv);

    private static bool Reaches(Value value, Value target) => GraphWalk.PostOrder([value]).Any(op => op.Outputs.Contains(target));
}
