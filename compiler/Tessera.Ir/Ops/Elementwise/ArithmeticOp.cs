using System.Numerics;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>A function of two numbers that gives a number of their type; integers wrap around to their stored width.</summary>
public abstract record ArithmeticOp(Value A, Value B) : BinaryOp(A, B)
{
    /// <summary>The function, on doubles, signed and unsigned 64-bit integers alike.</summary>
    protected abstract T Apply<T>(T a, T b)
        where T : INumber<T>;

    private protected override RefTensor Combine(RefTensor a, RefTensor b, long[] dims, int[] ia, int[] ib) => a.DType switch
    {
        DType.U64 => RefTensor.Ints(a.DType, dims, UnsignedPairs(a.I, b.I, ia, ib, (x, y) => unchecked((long)Apply(x, y)))),
        _ when a.DType.IsFloat() => RefTensor.Floats(a.DType, dims, Pairs(a.F, b.F, ia, ib, Apply)),
        _ => RefTensor.Ints(a.DType, dims, Pairs(a.I, b.I, ia, ib, (x, y) => Wrap.To(a.DType, Apply(x, y)))),
    };
}
