using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>A function of each element by itself; the result has the operand's sizes.</summary>
public abstract record UnaryOp(Value X) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Accepts(X.DType)
        ? [X.Tensor with { DType = ResultDType(X.DType) }]
        : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [Map(context.Tensor(0))];

    // Each element by itself: whatever the layout, the op is the same.
    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        return [x with { Value = context.Emit(WithOperands([x.Value])) }];
    }

    /// <summary>Element types that the op takes; floats, unless it says otherwise.</summary>
    protected virtual bool Accepts(DType dtype) => dtype.IsFloat();

    /// <summary>Element type of the result.</summary>
    protected virtual DType ResultDType(DType operand) => operand;

    /// <summary>The function on floats.</summary>
    protected virtual double Apply(double x) => throw NotDefined("floats");

    /// <summary>The function on integers; reached only by ops that accept them.</summary>
    protected virtual long Apply(long x) => throw NotDefined("integers");

    /// <summary>The function on unsigned 64-bit integers, where it differs from that on their bits as signed ones.</summary>
    protected virtual ulong Apply(ulong x) => unchecked((ulong)Apply((long)x));

    private protected virtual RefTensor Map(RefTensor x) => x.DType switch
    {
        DType.U64 => RefTensor.Ints(x.DType, x.Dims, [.. x.I.Select(i => unchecked((long)Apply((ulong)i)))]),
        _ when x.DType.IsFloat() => RefTensor.Floats(x.DType, x.Dims, [.. x.F.Select(Apply)]),
        _ => RefTensor.Ints(x.DType, x.Dims, [.. x.I.Select(i => Wrap.To(x.DType, Apply(i)))]),
    };

    private protected static bool IsSigned(DType dtype) => dtype is DType.I8 or DType.I16 or DType.I32 or DType.I64;

    private InvalidOperationException NotDefined(string kind) => new($"{Schema.Name} is not defined for {kind}.");
}
