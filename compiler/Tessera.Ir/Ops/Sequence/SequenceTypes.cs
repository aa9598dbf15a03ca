namespace Tessera.Ir.Ops;

/// <summary>
/// Types of sequences. Elements may differ in size, so a symbol in an element's type stands for no one size: what is taken
/// out of a sequence keeps its constant sizes and has fresh ones in place of the others.
/// </summary>
internal static class SequenceTypes
{
    public static TensorType Element(InferContext context, Value sequence) => sequence.Type is SequenceType { Element: TensorType element }
        ? element
        : throw context.Error("TSR0212", $"an operand must be a sequence of tensors; it is {sequence.Type}.");

    /// <summary>The least type of both; sizes that differ become symbols.</summary>
    public static TensorType Join(InferContext context, TensorType a, TensorType b) => a.DType == b.DType
        ? (TensorType)TypeJoin.Of(context, a, b, 0)
        : throw context.Error("TSR0212", $"a sequence holds one element type; here {a} meets {b}.");

    /// <summary>The type of one element taken out.</summary>
    public static TensorType TakenOut(InferContext context, TensorType element) =>
        (TensorType)TypeJoin.Outside(context, element, new HashSet<string>(), 0);

    public static void RequirePosition(InferContext context, Value? position)
    {
        if (position is not null && (position.DType is not (DType.I64 or DType.I32) || context.ShapeOf(position).Rank != 0))
        {
            throw context.Error("TSR0212", $"a position is an i64 or i32 scalar; it is {position.Type}.");
        }
    }
}
