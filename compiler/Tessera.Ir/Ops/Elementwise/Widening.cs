namespace Tessera.Ir.Ops;

/// <summary>Decompositions compute in f32 where the element type is narrower.</summary>
internal static class Widening
{
    /// <summary>The type to compute in.</summary>
    public static DType Wide(DType dtype) => dtype is DType.F16 or DType.BF16 ? DType.F32 : dtype;

    /// <summary>x in another type; x itself where it has it already.</summary>
    public static Value To(GraphBuilder builder, Value x, DType dtype) => x.DType == dtype ? x : builder.Cast(x, dtype);

    /// <summary>The op over f32 with its results rounded back, for one that a target has for f32 alone; null where nothing is narrower.</summary>
    public static IReadOnlyList<Value>? Around(GraphBuilder builder, Op op)
    {
        Value?[] wide = [.. op.Operands.Select(v => v?.Type is TensorType ? Up(builder, v) : v)];
        return wide.AsSpan().SequenceEqual(op.Operands.AsSpan()) || op.Outputs.Any(static v => v.Type is not TensorType)
            ? null
            : [.. builder.EmitAll(op.WithOperands(wide)).Select((v, i) => To(builder, v, op.Outputs[i].DType))];
    }

    /// <summary>x in the type to compute in.</summary>
    public static Value Up(GraphBuilder builder, Value x) => To(builder, x, Wide(x.DType));
}
