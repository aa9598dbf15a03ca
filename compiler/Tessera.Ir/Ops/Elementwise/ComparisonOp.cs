using System.Numerics;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>A relation between two numbers; it does not hold where one of them is NaN.</summary>
public abstract record ComparisonOp(Value A, Value B) : BinaryOp(A, B)
{
    protected override DType ResultDType(DType operand) => DType.Bool;

    /// <summary>Whether it holds, for doubles, signed and unsigned 64-bit integers alike.</summary>
    protected abstract bool Holds<T>(T a, T b)
        where T : INumber<T>;

    private protected override RefTensor Combine(RefTensor a, RefTensor b, long[] dims, int[] ia, int[] ib) => RefTensor.Bools(dims, a.DType switch
    {
        DType.U64 => UnsignedPairs(a.I, b.I, ia, ib, Holds),
        _ when a.DType.IsFloat() => Pairs(a.F, b.F, ia, ib, Holds),
        _ => Pairs(a.I, b.I, ia, ib, Holds),
    });
}
