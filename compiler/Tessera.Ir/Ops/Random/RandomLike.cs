using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Random numbers of the shape of x, and of its element type unless <see cref="RandomOp.To"/> says otherwise.</summary>
[Op("random_like")]
public sealed partial record RandomLike(Value X) : RandomNumbers
{
    private DType Result => To == DType.Undefined ? X.DType : To;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Result.IsFloat()
        ? [new TensorType(Result, context.ShapeOf(X))]
        : throw context.Error("TSR0206", $"it is not defined for {Result.Text()}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [Draw(Result, context.Tensor(0).Dims)];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("what it draws depends on an element's place among all");

    internal static OnnxMapping Onnx { get; } = new(
        Row("RandomUniformLike", RandomKind.Uniform, "low", "high", 1),
        Row("RandomNormalLike", RandomKind.Normal, "mean", "scale", 1),
        Row("RandomUniformLike", RandomKind.Uniform, "low", "high", 22),
        Row("RandomNormalLike", RandomKind.Normal, "mean", "scale", 22));

    // bf16 came with opset 22.
    private static OnnxRow Row(string name, RandomKind kind, string first, string second, int since) => new(name, since)
    {
        Attributes =
        [
            new OnnxAttr.Direct(first, "first"), new OnnxAttr.Direct(second, "second"), OnnxAttr.Of("seed"), new OnnxAttr.Direct("dtype", "to"),
        ],
        When = op => op is RandomLike like && like.Kind == kind && IsTold(op) && (since > 1 || (like.Result != DType.BF16 && like.X.DType != DType.BF16)),
    };

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("uniform", static g => [g.RandomLike(g.In("x", "f32[n, 3]"), RandomKind.Uniform, seed: 3)]) { NoRuntime = RandomSamples.Own },
        new("normal", static g => [g.RandomLike(g.In("x", "f32[n]"), RandomKind.Normal, first: 1, second: 0.5, to: DType.F64, id: 0)]) { NoRuntime = RandomSamples.Own },
    ];
}
