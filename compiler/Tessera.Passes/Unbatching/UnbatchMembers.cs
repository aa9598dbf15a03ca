using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>Ops with a batch axis of their own.</summary>
internal static class UnbatchMembers
{
    private const int X = 0;
    private const int Lengths = 4;
    private const int FirstState = 5;
    private const int Peepholes = 7;

    /// <summary>The first axis of the first operand and of the results is the batch.</summary>
    public static IReadOnlyList<Carried> Leading(UnbatchContext c)
    {
        c.RequireShared(X);
        return c.Operands[X]!.Axis == 0
            ? c.OnOne([.. Enumerable.Repeat(0, c.Op.OutputCount)])
            : throw c.Mixes($"its examples lie along axis {c.Operands[X]!.Axis}, not along the batch axis that the op has");
    }

    /// <summary>The same for a pool: where its maxima stand counts over the whole batch.</summary>
    public static IReadOnlyList<Carried> Pool(UnbatchContext c) => c.Op is MaxPool ? [Leading(c)[0], Carried.Count] : Leading(c);

    /// <summary>Steps of a recurrent network, in which examples are members of the batch.</summary>
    public static IReadOnlyList<Carried> Recurrent(UnbatchContext c, long layout)
    {
        c.RequireShared([X, .. Enumerable.Range(FirstState, Peepholes - FirstState)]);
        int members = layout == 0 ? 1 : 0;
        foreach (int operand in (ReadOnlySpan<int>)[X, FirstState, FirstState + 1])
        {
            if (c.Operands.ElementAtOrDefault(operand) is { } x && (x.Axis != members || x.Inner != c.Operands[X]!.Inner))
            {
                throw c.Mixes($"its examples do not lie along axis {members}, the batch axis that the op has");
            }
        }

        return c.Operands.ElementAtOrDefault(Lengths) is null
            ? c.OnOne([layout == 0 ? 2 : 0, .. Enumerable.Repeat(members, c.Op.OutputCount - 1)])
            : throw c.Mixes("its steps have lengths of their own");
    }

    /// <summary>Scales that are given: one for all, or along an axis that is not the examples'.</summary>
    public static IReadOnlyList<Carried> Quantized(UnbatchContext c)
    {
        c.RequireShared(X);
        return c.RankOf(1) == 0
            ? [c.Operands[X]! with { Value = c.Emit(c.Op.WithOperands([.. c.Operands.Select(static o => o?.Value)])) }]
            : c.OnOne(c.Operands[X]!.Axis);
    }
}
