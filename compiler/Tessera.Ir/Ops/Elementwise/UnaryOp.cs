using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>A function of each element by itself; the result has the operand's type.</summary>
public abstract record UnaryOp(Value X) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Accepts(X.DType)
        ? [X.Type]
        : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        return x.DType.IsFloat()
            ? [RefTensor.Floats(x.DType, x.Dims, [.. x.F.Select(Apply)])]
            : [RefTensor.Ints(x.DType, x.Dims, [.. x.I.Select(i => Wrap.To(x.DType, Apply(i)))])];
    }

    // Each element by itself: whatever the layout, the op is the same.
    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        return [x with { Value = context.Emit(WithOperands([x.Value])) }];
    }

    /// <summary>Element types that the op takes; floats, unless it says otherwise.</summary>
    protected virtual bool Accepts(DType dtype) => dtype.IsFloat();

    /// <summary>The function on floats.</summary>
    protected abstract double Apply(double x);

    /// <summary>The function on integers; reached only by ops that accept them.</summary>
    protected virtual long Apply(long x) => throw new InvalidOperationException($"{Schema.Name} is not defined for integers.");
}
