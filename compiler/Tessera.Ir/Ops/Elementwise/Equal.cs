using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>a = b, element by element, with broadcasting; NaN equals nothing.</summary>
[Op("equal")]
public sealed partial record Equal(Value A, Value B) : ComparisonOp(A, B)
{
    public override OpTraits Traits => OpTraits.Commutative;

    protected override bool Accepts(DType dtype) => base.Accepts(dtype) || dtype is DType.Bool or DType.String;

    protected override bool Holds<T>(T a, T b) => a == b;

    private protected override RefTensor Combine(RefTensor a, RefTensor b, long[] dims, int[] ia, int[] ib) => a.DType switch
    {
        DType.Bool => RefTensor.Bools(dims, Pairs(a.B, b.B, ia, ib, static (x, y) => x == y)),
        DType.String => RefTensor.Bools(dims, Pairs(a.S, b.S, ia, ib, string.Equals)),
        _ => base.Combine(a, b, dims, ia, ib),
    };

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Equal", 7).TakesFrom(19, DType.String);

    internal static IEnumerable<OpSample> Samples() =>
    [
        .. BinarySamples.Comparison(static (g, a, b) => g.Equal(a, b)),
        BinarySamples.For("bool", "bool[n, 3]", "bool[3]", static (g, a, b) => g.Equal(a, b)),
    ];
}
