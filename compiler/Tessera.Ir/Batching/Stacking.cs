using Tessera.Ir.Ops;

namespace Tessera.Ir.Batching;

/// <summary>Gives operands the leading batch axis.</summary>
public static class Stacking
{
    /// <summary><c>[batch, …]</c>: what does not depend on the example is repeated for each.</summary>
    public static Value ToBatch(BatchContext context, Batched operand, Shape oneExample) => operand.Form switch
    {
        BatchForm.Dense or BatchForm.Padded => operand.Value,
        BatchForm.Unbatched => context.Emit(new Expand(operand.Value) { Shape = [context.Environment.BatchSize, .. oneExample] }),
        _ => throw context.Mixes($"an operand {oneExample} is ragged where each example must have the same sizes"),
    };

    /// <summary>The value with a given physical axis order; itself when nothing moves.</summary>
    public static Value Permuted(BatchContext context, Value value, IReadOnlyList<int> perm) =>
        perm.Select(static (a, i) => a == i).All(static same => same)
            ? value
            : context.Emit(new Transpose(value) { Perm = perm.Select(static a => (long)a).ToEquatableArray() });
}
