using Tessera.Ir;

namespace Tessera.Compiler.Draw;

/// <summary>
/// Which ops share a box. A graph of few ops has one for each; else runs without a branch share one, else what lies between
/// two points where a single value passes, repetitions of it together, and at last plain stretches. No line of what results
/// leads back.
/// </summary>
/// <param name="GroupOf">The box of each op.</param>
/// <param name="Caption">What was put together; null where nothing was.</param>
internal sealed record OpGroups(int[] GroupOf, string? Caption)
{
    private const int MostSingle = 220;
    private const int MostBoxes = 140;
    private const int LongestPeriod = 8;

    public static OpGroups Of(IReadOnlyList<Op> ops)
    {
        if (ops.Count <= MostSingle)
        {
            return new OpGroups([.. Enumerable.Range(0, ops.Count)], null);
        }

        Dictionary<Op, int> index = ops.Select(static (op, i) => (op, i)).ToDictionary(static p => p.op, static p => p.i, (IEqualityComparer<Op>)ReferenceEqualityComparer.Instance);
        int[][] operands = [.. ops.Select(op => op.Operands.OfType<Value>().Where(v => index.ContainsKey(v.Producer)).Select(v => index[v.Producer]).Distinct().ToArray())];
        int[] chains = Chains(operands);
        if (Count(chains) <= MostBoxes)
        {
            return new OpGroups(chains, "runs of ops without a branch share a box");
        }

        int[] blocks = Repeated(Blocks(operands), ops);
        return Count(blocks) <= MostBoxes
            ? new OpGroups(blocks, "what lies between two points that a single value passes shares a box, repetitions together")
            : new OpGroups([.. Enumerable.Range(0, ops.Count).Select(i => (int)((long)i * MostBoxes / ops.Count))], "stretches of the graph share a box");
    }

    private static int Count(int[] groups) => groups.Length == 0 ? 0 : groups.Max() + 1;

    // An op joins its only operand's run where it is that value's only user.
    private static int[] Chains(int[][] operands)
    {
        int[] users = new int[operands.Length];
        foreach (int operand in operands.SelectMany(static o => o))
        {
            users[operand]++;
        }

        int[] groups = new int[operands.Length];
        int next = 0;
        for (int i = 0; i < operands.Length; i++)
        {
            groups[i] = operands[i] is [var only] && users[only] == 1 ? groups[only] : next++;
        }

        return groups;
    }

    // Values that live long (masks, positions) pass everywhere and divide nothing.
    private static int[] Blocks(int[][] operands)
    {
        int count = operands.Length;
        int[] last = [.. Enumerable.Range(0, count)];
        for (int i = 0; i < count; i++)
        {
            foreach (int operand in operands[i])
            {
                last[operand] = i;
            }
        }

        int longest = Math.Max(32, count / 4);
        int[] live = new int[count + 1];
        for (int i = 0; i < count; i++)
        {
            if (last[i] - i <= longest && last[i] > i)
            {
                live[i]++;
                live[last[i]]--;
            }
        }

        int[] groups = new int[count];
        for (int i = 0, passing = 0, group = 0; i < count; i++)
        {
            groups[i] = group;
            passing += live[i];
            group += passing <= 1 && i + 1 < count ? 1 : 0;
        }

        return groups;
    }

    private static int[] Repeated(int[] blocks, IReadOnlyList<Op> ops)
    {
        string[] kinds = [.. Enumerable.Range(0, ops.Count).GroupBy(i => blocks[i]).OrderBy(static g => g.Key).Select(g => string.Join(' ', g.Select(i => ops[i].Schema.Name)))];
        int[] merged = new int[kinds.Length];
        int next = 0;
        for (int at = 0; at < kinds.Length;)
        {
            (int period, int times) = Enumerable.Range(1, LongestPeriod).Select(p => (p, Times(kinds, at, p))).FirstOrDefault(static r => r.Item2 >= 3, (1, 1));
            merged.AsSpan(at, period * times).Fill(next++);
            at += period * times;
        }

        return [.. blocks.Select(b => merged[b])];
    }

    private static int Times(string[] kinds, int at, int period)
    {
        int times = 1;
        while (at + ((times + 1) * period) <= kinds.Length && kinds.AsSpan(at, period).SequenceEqual(kinds.AsSpan(at + (times * period), period)))
        {
            times++;
        }

        return times;
    }
}
