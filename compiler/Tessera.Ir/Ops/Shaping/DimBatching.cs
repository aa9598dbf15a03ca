using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>Sizes used as numbers: a ragged one is a number for each example, its length.</summary>
internal static class DimBatching
{
    /// <summary><c>i64[]</c> of one size.</summary>
    public static Batched Scalar(BatchContext context, Dim dim) => context.Environment.IsRagged(dim)
        ? new Batched(context.Environment.Lengths(dim), BatchForm.Dense)
        : new Batched(context.Emit(new DimValue { Dim = dim }), BatchForm.Unbatched);

    /// <summary><c>i64[k]</c> of k sizes.</summary>
    public static Batched Vector(BatchContext context, IReadOnlyList<Dim> dims)
    {
        if (dims.Count == 0)
        {
            return new Batched(context.Builder.Constant(TensorContent.From<long>(DType.I64, [0], [])), BatchForm.Unbatched);
        }

        bool ragged = dims.Any(context.Environment.IsRagged);
        Value[] columns = [.. dims.Select(d => Column(context, Scalar(context, d), ragged))];
        Value joined = columns.Length == 1 ? columns[0] : context.Emit(new Concat(columns.ToEquatableArray()) { Axis = ragged ? 1 : 0 });
        return new Batched(joined, ragged ? BatchForm.Dense : BatchForm.Unbatched);
    }

    // [1], or [batch, 1] where some other size differs by example.
    private static Value Column(BatchContext context, Batched scalar, bool ragged) => (scalar.Form, ragged) switch
    {
        (BatchForm.Dense, _) => context.Emit(new Unsqueeze(scalar.Value) { Axes = [1] }),
        (_, true) => context.Emit(new Expand(scalar.Value) { Shape = [context.Environment.BatchSize, 1] }),
        _ => context.Emit(new Unsqueeze(scalar.Value) { Axes = [0] }),
    };
}
