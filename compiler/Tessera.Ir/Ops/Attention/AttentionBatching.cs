using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// The batched forms of attention, which leave hidden keys out where they get no weight. Ragged on either side it becomes <see cref="PackedAttention"/>, one query an example
/// included; padded it hides keys beyond each length.
/// </summary>
internal static class AttentionBatching
{
    public static IReadOnlyList<Batched> Batch(BatchContext context, Attention op)
    {
        if (context.ShapeOf(0).Rank != 3)
        {
            throw context.Mixes("it has a batch axis of its own already");
        }

        foreach (int weight in (ReadOnlySpan<int>)[3, 4, 5])
        {
            if (context.Operands.ElementAtOrDefault(weight) is { Form: not BatchForm.Unbatched })
            {
                throw context.Mixes($"its {op.Schema.Operands[weight].Name} must be a weight, the same for all examples");
            }
        }

        foreach (int side in (ReadOnlySpan<int>)[0, 1, 2])
        {
            if (context.Operands[side]!.Axis > 0)
            {
                throw context.Mixes($"its {op.Schema.Operands[side].Name} is ragged along axis {context.Operands[side]!.Axis}, not along its tokens");
            }
        }

        if (op.Logits != LogitsStage.None)
        {
            throw context.Mixes("it gives out logits, of which every pair of tokens has one");
        }

        bool ragged = context.Operands.Take(3).Any(static o => o!.Form == BatchForm.Ragged);
        return [ragged ? Packed(context, op) : Dense(context, op)];
    }

    private static Batched Packed(BatchContext context, Attention op)
    {
        if (op.Mask is not null || op.Visible is not null)
        {
            throw context.Mixes("a mask over all pairs of tokens has no packed form; use causal, a window or a relative bias");
        }

        if (!AttentionMask.HidesWholly(op) && op.HidesKeys)
        {
            throw context.Mixes($"its hidden keys keep a weight, that of logits at {op.Fill}");
        }

        Dim queries = context.ShapeOf(0)[0];
        Dim keys = context.ShapeOf(1)[0];
        Value attended = context.Emit(new PackedAttention(
            Tokens(context, 0), Tokens(context, 1), Tokens(context, 2),
            context.Environment.CuSeqlens(queries), context.Environment.CuSeqlens(keys),
            context.Operands[3]?.Value, context.Operands[4]?.Value, context.Operands[5]?.Value)
        {
            Scale = op.Scale,
            Causal = op.Causal,
            WindowLeft = op.WindowLeft,
            WindowRight = op.WindowRight,
            Softcap = op.Softcap,
            NormEpsilon = op.NormEpsilon,
        });
        Shape result = context.ResultShape();
        return context.Operands[0]!.Form == BatchForm.Ragged
            ? context.Wrap(attended, result)
            : context.Wrap(context.Emit(new Reshape(attended) { Shape = [context.Environment.BatchSize, .. result] }), result);
    }

    // [batch · tokens, heads, size] of an operand that all examples have at one length.
    private static Value Tokens(BatchContext context, int operand)
    {
        Batched side = context.Operands[operand]!;
        Shape own = context.ShapeOf(operand);
        return side.Form == BatchForm.Ragged
            ? side.Value
            : context.Emit(new Reshape(PerExample(context, operand)) { Shape = [context.Environment.BatchSize * own[0], own[1], own[2]] });
    }

    private static Batched Dense(BatchContext context, Attention op)
    {
        Value? lengths = context.Operands[1] is { Form: BatchForm.Padded } keys ? context.Environment.Lengths(keys.Partition!) : null;
        Value? mask = op.Mask is null ? null : Mask(context, 6);
        Value attended = context.Emit(op with
        {
            Q = PerExample(context, 0),
            K = WithoutGarbage(context, 1),
            V = WithoutGarbage(context, 2),
            Bias = context.Operands[3]?.Value,
            QNorm = context.Operands[4]?.Value,
            KNorm = context.Operands[5]?.Value,
            Mask = mask,
            KLengths = lengths,
            Visible = op.Visible is null ? null : Mask(context, 8),
        });
        return context.Wrap(attended, context.ResultShape());
    }

    // A mask that depends on the example gets its batch axis in front of heads and both token axes.
    private static Value Mask(BatchContext context, int operand)
    {
        Batched mask = context.Operands[operand]!;
        Shape own = context.ShapeOf(operand);
        mask = mask.Value.DType != DType.Bool && mask.Form == BatchForm.Padded && mask.Axis == own.Rank - 1 ? mask with { Value = context.Environment.Fill(mask, 0) } : mask;
        return mask.Form == BatchForm.Unbatched || own.Rank == 3
            ? mask.Value
            : context.Emit(new Reshape(mask.Value)
            {
                Shape = [context.Environment.BatchSize, .. Enumerable.Repeat(Dim.One, 3 - own.Rank), .. own],
            });
    }

    // A hidden key still takes part in sums, at −∞ and 0, which a NaN or ∞ in it would turn into NaN.
    private static Value WithoutGarbage(BatchContext context, int operand) => context.Operands[operand] is { Form: BatchForm.Padded } padded
        ? context.Environment.Fill(padded, 0)
        : PerExample(context, operand);

    private static Value PerExample(BatchContext context, int operand)
    {
        Batched side = context.Operands[operand]!;
        return side.Form == BatchForm.Unbatched
            ? context.Emit(new Expand(side.Value) { Shape = [context.Environment.BatchSize, .. context.ShapeOf(operand)] })
            : side.Value;
    }
}
