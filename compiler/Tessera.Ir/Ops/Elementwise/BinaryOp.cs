using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>A function of two elements, with multidirectional broadcasting; both operands have one element type.</summary>
public abstract record BinaryOp(Value A, Value B) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(A, B);
        return Accepts(A.DType)
            ? [new TensorType(ResultDType(A.DType), context.Broadcast(context.ShapeOf(A), context.ShapeOf(B)))]
            : throw context.Error("TSR0206", $"it is not defined for {A.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor a = context.Tensor(0);
        RefTensor b = context.Tensor(1);
        long[] dims = Broadcasting.Dims(a, b);
        int[] ia = Broadcasting.Map(a, dims);
        int[] ib = Broadcasting.Map(b, dims);
        return [Combine(a, b, dims, ia, ib)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Broadcasting.Batch(context);

    /// <summary>Element types that the op takes; all numbers, unless it says otherwise.</summary>
    protected virtual bool Accepts(DType dtype) => dtype.IsFloat() || dtype.IsInteger();

    /// <summary>Element type of the result.</summary>
    protected virtual DType ResultDType(DType operand) => operand;

    /// <summary>The function on floats.</summary>
    protected abstract double Apply(double a, double b);

    /// <summary>The function on integers, before it wraps around to the stored width.</summary>
    protected abstract long Apply(long a, long b);

    private protected virtual RefTensor Combine(RefTensor a, RefTensor b, long[] dims, int[] ia, int[] ib) => a.DType.IsFloat()
        ? RefTensor.Floats(a.DType, dims, [.. ia.Select((at, i) => Apply(a.F[at], b.F[ib[i]]))])
        : RefTensor.Ints(a.DType, dims, [.. ia.Select((at, i) => Wrap.To(a.DType, Apply(a.I[at], b.I[ib[i]])))]);
}
