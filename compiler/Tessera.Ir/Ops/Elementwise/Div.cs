using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>a / b, element by element, with broadcasting; integers round towards zero, and dividing them by zero is an error.</summary>
[Op("div")]
public sealed partial record Div(Value A, Value B) : ArithmeticOp(A, B)
{
    public override OpTraits Traits => OpTraits.RoundedOnce;

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        Division.Check(context);
        return base.Evaluate(context);
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Division.Batch(context);

    // The least integer has no positive counterpart: negation wraps where the processor's division would trap.
    protected override T Apply<T>(T a, T b) => T.IsNegative(b) && b == -T.One ? -a : a / b;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Div", 7);

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. BinarySamples.Numbers(static (g, a, b) => g.Div(a, b)),
        new("signs", static g => [g.Div(g.In("a", "i32[4]"), g.In("b", "i32[4]"))])
        {
            Fixed = new Dictionary<string, RefTensor>
            {
                ["a"] = RefTensor.Ints(DType.I32, [4], [7, -7, 7, -7]),
                ["b"] = RefTensor.Ints(DType.I32, [4], [2, 2, -2, -2]),
            },
        },
    ];
}
