using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>A function of two truth values.</summary>
public abstract record LogicalOp(Value A, Value B) : BinaryOp(A, B)
{
    protected override bool Accepts(DType dtype) => dtype == DType.Bool;

    protected abstract bool Apply(bool a, bool b);

    private protected override RefTensor Combine(RefTensor a, RefTensor b, long[] dims, int[] ia, int[] ib) =>
        RefTensor.Bools(dims, Pairs(a.B, b.B, ia, ib, Apply));
}
