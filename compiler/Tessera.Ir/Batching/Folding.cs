using Tessera.Ir.Ops;

namespace Tessera.Ir.Batching;

/// <summary>
/// Ops whose operands and results have an axis N of members that do not see each other: the examples of a batch are more of
/// them, <c>[…, batch · N, …]</c>. Where N itself is the ragged axis, its tokens are the members.
/// </summary>
public static class Folding
{
    /// <summary>Marks an operand that must be the same for all examples.</summary>
    public const int Shared = -1;

    /// <summary>Whether the operands have such a form: none is ragged or padded along another axis than N.</summary>
    public static bool Fits(BatchContext context, IReadOnlyList<int> axes) =>
        context.Operands.Select((b, i) => b is not { Form: BatchForm.Ragged or BatchForm.Padded } || b.Axis == axes[i]).All(static fits => fits);

    /// <summary>The batched forms of the results.</summary>
    /// <param name="context">The op being batched.</param>
    /// <param name="axes">For each operand its axis N, or <see cref="Shared"/>.</param>
    /// <param name="results">For each result its axis N; 0 throughout when absent.</param>
    /// <param name="emit">Makes the op over folded operands; the op itself when absent.</param>
    /// <exception cref="TesseraException">TSR0401: an operand that must be shared differs by example, or one is ragged beside N.</exception>
    public static IReadOnlyList<Batched> Batch(
        BatchContext context, IReadOnlyList<int> axes, IReadOnlyList<int>? results = null, Func<IReadOnlyList<Value?>, IReadOnlyList<Value>>? emit = null)
    {
        RequireShared(context, axes);
        Batched? ragged = null;
        for (int i = 0; i < axes.Count; i++)
        {
            Batched? b = context.Operands[i];
            if (b is { Form: BatchForm.Ragged or BatchForm.Padded } && b.Axis != axes[i])
            {
                throw context.Mixes($"its {Name(context, i)}, {context.ShapeOf(i)}, is ragged along axis {b.Axis}");
            }

            ragged ??= b is { Form: BatchForm.Ragged } ? b : null;
        }

        emit ??= operands => context.EmitAll(context.Op.WithOperands(operands));
        int[] members = [.. Enumerable.Range(0, context.Op.Outputs.Count).Select(o => results?[o] ?? 0)];
        return ragged is null ? AsMembers(context, axes, members, emit) : AsTokens(context, ragged, axes, members, emit);
    }

    /// <summary>Fails where an operand that must be the same for all examples is not.</summary>
    public static void RequireShared(BatchContext context, IReadOnlyList<int> axes)
    {
        for (int i = 0; i < axes.Count; i++)
        {
            if (axes[i] == Shared && context.Operands[i] is { Form: not BatchForm.Unbatched })
            {
                throw context.Mixes($"its {Name(context, i)} differs by example");
            }
        }
    }

    /// <summary><c>[batch, …, N, …]</c> as <c>[…, batch · N, …]</c>.</summary>
    /// <param name="context">The op being batched.</param>
    /// <param name="value">A value with a leading batch axis.</param>
    /// <param name="axis">Its one-example axis N.</param>
    public static Value Fold(BatchContext context, Value value, int axis)
    {
        Value moved = Stacking.Permuted(context, value, [.. Enumerable.Range(1, axis), 0, .. Enumerable.Range(axis + 1, value.Rank - axis - 1)]);
        Shape s = moved.Shape;
        return context.Emit(new Reshape(moved) { Shape = [.. s.Take(axis), s[axis] * s[axis + 1], .. s.Skip(axis + 2)] });
    }

    /// <summary><c>[…, batch · N, …]</c> as <c>[batch, …, N, …]</c>.</summary>
    public static Value Unfold(BatchContext context, Value value, int axis, Dim members)
    {
        Shape s = value.Shape;
        Value split = context.Emit(new Reshape(value) { Shape = [.. s.Take(axis), context.Environment.BatchSize, members, .. s.Skip(axis + 1)] });
        return Stacking.Permuted(context, split, [axis, .. Enumerable.Range(0, split.Rank).Where(a => a != axis)]);
    }

    private static IReadOnlyList<Batched> AsMembers(
        BatchContext context, IReadOnlyList<int> axes, int[] results, Func<IReadOnlyList<Value?>, IReadOnlyList<Value>> emit)
    {
        Value?[] operands = [.. context.Operands.Select((b, i) => b is null || axes[i] == Shared
            ? b?.Value
            : Fold(context, Stacking.ToBatch(context, b, context.ShapeOf(i)), axes[i]))];
        return
        [
            .. emit(operands).Select((v, o) =>
                context.Wrap(Unfold(context, v, results[o], context.ResultShape(o)[results[o]]), context.ResultShape(o))),
        ];
    }

    private static IReadOnlyList<Batched> AsTokens(
        BatchContext context, Batched ragged, IReadOnlyList<int> axes, int[] results, Func<IReadOnlyList<Value?>, IReadOnlyList<Value>> emit)
    {
        Value?[] operands = [.. context.Operands.Select((b, i) => b is null || axes[i] == Shared ? b?.Value
            : b.Form == BatchForm.Ragged && b.Partition == ragged.Partition ? Placed(context, b)
            : throw context.Mixes($"its {Name(context, i)}, {context.ShapeOf(i)}, is not ragged as its others are"))];
        return
        [
            .. emit(operands).Select((v, o) => context.Wrap(
                Stacking.Permuted(context, v, [results[o], .. Enumerable.Range(0, v.Rank).Where(a => a != results[o])]), context.ResultShape(o))),
        ];
    }

    /// <summary>A ragged value with its tokens where the one-example axis stands.</summary>
    public static Value Placed(BatchContext context, Batched ragged) => Stacking.Permuted(
        context, ragged.Value, [.. Enumerable.Range(1, ragged.Axis), 0, .. Enumerable.Range(ragged.Axis + 1, ragged.Value.Rank - ragged.Axis - 1)]);

    /// <summary>The reverse of <see cref="Placed"/>.</summary>
    public static Value TokensFirst(BatchContext context, Value value, int axis) =>
        Stacking.Permuted(context, value, [axis, .. Enumerable.Range(0, value.Rank).Where(a => a != axis)]);

    private static string Name(BatchContext context, int operand) => context.Op.Schema.Operands[Math.Min(operand, context.Op.Schema.Operands.Count - 1)].Name;
}
