using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// a to the power b, element by element, with broadcasting; the result has the type of a, the exponent any numeric type.
/// Integers wrap around; to a negative power they round towards zero, and 0 to a negative power is an error.
/// </summary>
[Op("pow")]
public sealed partial record Pow(Value A, Value B) : BinaryOp(A, B)
{
    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor a, RefTensor b) = (context.Tensor(0), context.Tensor(1));
        long[] dims = Broadcasting.Dims(a, b);
        (int[] ia, int[] ib) = (Broadcasting.Map(a, dims), Broadcasting.Map(b, dims));
        return !a.DType.IsFloat() && ia.Zip(ib).Any(at => a.I[at.First] == 0 && b.Number(at.Second) < 0)
            ? throw context.Error($"the integer 0 is raised to a negative power ({a} to {b}).")
            : [Combine(a, b, dims, ia, ib)];
    }

    private protected override void CheckDTypes(InferContext context)
    {
        if (!Accepts(B.DType))
        {
            throw context.Error("TSR0206", $"it is not defined for an exponent {B.Type}.");
        }
    }

    private protected override RefTensor Combine(RefTensor a, RefTensor b, long[] dims, int[] ia, int[] ib) => a.DType.IsFloat()
        ? RefTensor.Floats(a.DType, dims, [.. ia.Select((at, i) => Math.Pow(a.F[at], b.Number(ib[i])))])
        : RefTensor.Ints(a.DType, dims, [.. ia.Select((at, i) => Wrap.To(a.DType, Power(a.I[at], b, ib[i])))]);

    private static long Power(long a, RefTensor b, int at) =>
        b.DType.IsInteger() && b.I[at] >= 0 ? Power(a, b.I[at]) : (long)Math.Pow(a, b.Number(at));

    private static long Power(long a, long exponent)
    {
        long result = 1;
        for (; exponent > 0; exponent >>= 1)
        {
            result = (exponent & 1) == 1 ? unchecked(result * a) : result;
            a = unchecked(a * a);
        }

        return result;
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Pow", 7);

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. BinarySamples.Floats(static (g, a, b) => g.Pow(a, b)).Select(static s => s with { Range = (0.25, 3) }),
        .. BinarySamples.Integers(static (g, a, b) => g.Pow(a, b)),
        BinarySamples.For("integer exponent", "f32[n, 3]", "i64[3]", static (g, a, b) => g.Pow(a, b)),
        BinarySamples.For("square", "f32[n, 3]", "f32[]", static (g, a, b) => g.Pow(a, b)) with
        {
            Fixed = new Dictionary<string, RefTensor> { ["b"] = RefTensor.Floats(DType.F32, [], [2]) },
        },
    ];
}
