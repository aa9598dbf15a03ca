using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Remainder of a / b, element by element, with broadcasting. It has the sign of b, or of a (C's <c>fmod</c>) where
/// <see cref="Fmod"/> is set, as it must be for floats.
/// </summary>
[Op("mod")]
public sealed partial record Mod(Value A, Value B) : ArithmeticOp(A, B)
{
    public bool Fmod { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Fmod || !A.DType.IsFloat()
        ? base.InferTypes(context)
        : throw context.Error("TSR0206", $"the remainder of {A.Type} is defined with the sign of a only.", "Set fmod.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        Division.Check(context);
        return base.Evaluate(context);
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Division.Batch(context);

    protected override T Apply<T>(T a, T b)
    {
        // Nothing remains of an integer divided by −1; the processor would trap at the least one. Floats keep −0.
        T rest = T.IsInteger(a) && !T.IsZero(a) && T.IsNegative(b) && b == -T.One ? T.CopySign(T.Zero, a) : a % b;
        return !Fmod && !T.IsZero(rest) && T.IsNegative(rest) != T.IsNegative(b) ? rest + b : rest;
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Mod", 10, OnnxAttr.Of("fmod"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. BinarySamples.Floats(static (g, a, b) => g.Mod(a, b, fmod: true)),
        .. BinarySamples.Integers(static (g, a, b) => g.Mod(a, b)),
        Signs("floor", false),
        Signs("fmod", true),
    ];

    private static OpSample Signs(string name, bool fmod) => new(name, g => [g.Mod(g.In("a", "i32[4]"), g.In("b", "i32[4]"), fmod)])
    {
        Fixed = new Dictionary<string, RefTensor>
        {
            ["a"] = RefTensor.Ints(DType.I32, [4], [7, -7, 7, -7]),
            ["b"] = RefTensor.Ints(DType.I32, [4], [3, 3, -3, -3]),
        },
    };
}
