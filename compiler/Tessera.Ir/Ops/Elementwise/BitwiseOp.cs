using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>A function of the bits of two integers.</summary>
public abstract record BitwiseOp(Value A, Value B) : BinaryOp(A, B)
{
    protected override bool Accepts(DType dtype) => dtype.IsInteger();

    protected abstract long Apply(long a, long b);

    private protected override RefTensor Combine(RefTensor a, RefTensor b, long[] dims, int[] ia, int[] ib) =>
        RefTensor.Ints(a.DType, dims, Pairs(a.I, b.I, ia, ib, (x, y) => Wrap.To(a.DType, Apply(x, y))));
}
