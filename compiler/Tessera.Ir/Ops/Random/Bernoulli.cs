using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>1 with the probability that x states for each element, else 0.</summary>
[Op("bernoulli")]
public sealed partial record Bernoulli(Value X) : RandomOp
{
    private DType Result => To == DType.Undefined ? X.DType : To;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        X.DType.IsFloat() && (Result.IsFloat() || Result.IsInteger() || Result == DType.Bool)
            ? [new TensorType(Result, context.ShapeOf(X))]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type}, to {Result.Text()}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        Func<long, double> uniform = Uniforms();
        bool[] ones = [.. Enumerable.Range(0, x.Count).Select(i => uniform(i) < x.F[i])];
        return
        [
            Result == DType.Bool ? RefTensor.Bools(x.Dims, ones)
                : Result.IsFloat() ? RefTensor.Floats(Result, x.Dims, [.. ones.Select(static b => b ? 1.0 : 0)])
                : RefTensor.Ints(Result, x.Dims, [.. ones.Select(static b => b ? 1L : 0)]),
        ];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("what it draws depends on an element's place among all");

    internal static OnnxMapping Onnx { get; } = new(Row(15), Row(22));

    // x of bf16 came with opset 22.
    private static OnnxRow Row(int since) => new("Bernoulli", since)
    {
        Attributes = [OnnxAttr.Of("seed"), new OnnxAttr.Direct("dtype", "to")],
        When = op => IsTold(op) && (since > 15 || ((Bernoulli)op).X.DType != DType.BF16),
    };

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("seeded", static g => [g.Bernoulli(g.In("x", "f32[n, 3]"), seed: 3)]) { Range = (0, 1), NoRuntime = RandomSamples.Own },
        new("unseeded", static g => [g.Bernoulli(g.In("x", "f64[n]"), to: DType.Bool, id: 0)]) { Range = (0, 1), NoRuntime = RandomSamples.Own },
    ];
}
