using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>A function of two elements, with multidirectional broadcasting; both operands have one element type.</summary>
public abstract record BinaryOp(Value A, Value B) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        CheckDTypes(context);
        return Accepts(A.DType)
            ? [new TensorType(ResultDType(A.DType), context.Broadcast(A, B))]
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

    /// <summary>Fails where the element types of the operands do not go together.</summary>
    private protected virtual void CheckDTypes(InferContext context) => context.RequireSameDType(A, B);

    private protected abstract RefTensor Combine(RefTensor a, RefTensor b, long[] dims, int[] ia, int[] ib);

    /// <summary>The function on pairs of elements, whatever array they stand in.</summary>
    private protected static TResult[] Pairs<T, TResult>(T[] a, T[] b, int[] ia, int[] ib, Func<T, T, TResult> function)
    {
        TResult[] result = new TResult[ia.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = function(a[ia[i]], b[ib[i]]);
        }

        return result;
    }

    private protected static TResult[] UnsignedPairs<TResult>(long[] a, long[] b, int[] ia, int[] ib, Func<ulong, ulong, TResult> function) =>
        Pairs(a, b, ia, ib, (x, y) => function(unchecked((ulong)x), unchecked((ulong)y)));
}
