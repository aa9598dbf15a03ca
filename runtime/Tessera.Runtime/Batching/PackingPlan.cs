namespace Tessera.Runtime;

/// <summary>Which examples go into which packed batch, and what that saves.</summary>
public sealed class PackingPlan
{
    private PackingPlan(IReadOnlyList<IReadOnlyList<int>> batches, ReadOnlySpan<int> lengths, int tokenBudget)
    {
        Batches = batches;
        TokenBudget = tokenBudget;
        foreach (var batch in batches)
        {
            long longest = 0;
            foreach (var example in batch)
            {
                Tokens += lengths[example];
                longest = Math.Max(longest, lengths[example]);
            }
            PaddedTokens += longest * batch.Count;
        }
    }

    /// <summary>The examples of each batch by index, ascending; every example is in exactly one batch.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Batches { get; }

    /// <summary>The most tokens a batch may have.</summary>
    public int TokenBudget { get; }

    /// <summary>The sum of all lengths.</summary>
    public long Tokens { get; }

    /// <summary>The tokens of the same batches, each padded to its longest example.</summary>
    public long PaddedTokens { get; }

    /// <summary>The padding that packing spares.</summary>
    public long PaddingAvoided => PaddedTokens - Tokens;

    /// <summary>How full the batches are, from 0 to 1; 1 when there are none.</summary>
    public double Fill => Batches.Count == 0 ? 1 : Tokens / ((double)TokenBudget * Batches.Count);

    /// <summary>
    /// Places each example into the first batch that has room for it, else into a new one. The same lengths give the
    /// same plan; the time is O(n log n).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The budget is not positive.</exception>
    /// <exception cref="TesseraRuntimeException">TSR0733: an example is longer than the budget. TSR0734: a length is negative.</exception>
    public static PackingPlan FirstFit(ReadOnlySpan<int> lengths, int tokenBudget, PackingOrder order = PackingOrder.AsGiven)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokenBudget);
        for (var i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 0)
                throw BatchErrors.NegativeLength("tokens", i, lengths[i]);
            if (lengths[i] > tokenBudget)
                throw BatchErrors.ExampleOverBudget(i, lengths[i], tokenBudget);
        }
        var room = new RoomTree(lengths.Length, tokenBudget);
        var batches = new List<List<int>>();
        foreach (var example in Order(lengths, order))
        {
            var batch = room.Take(lengths[example]);
            if (batch == batches.Count)
                batches.Add([]);
            batches[batch].Add(example);
        }
        foreach (var batch in batches)
            batch.Sort();
        return new([.. batches], lengths, tokenBudget);
    }

    public override string ToString()
        => $"{Batches.Count} batches of ≤ {TokenBudget} tokens: {Tokens} tokens, {PaddingAvoided} of padding avoided";

    private static int[] Order(ReadOnlySpan<int> lengths, PackingOrder order)
    {
        var keys = new int[lengths.Length];
        var indices = new int[lengths.Length];
        for (var i = 0; i < lengths.Length; i++)
            (indices[i], keys[i]) = (i, -lengths[i]);
        return order == PackingOrder.AsGiven ? indices : [.. indices.OrderBy(index => keys[index])];
    }

    /// <summary>A tree of maxima over the room left in each batch: finds the first batch with enough in O(log n).</summary>
    private sealed class RoomTree
    {
        private readonly int[] _room;
        private readonly int _leaves;

        public RoomTree(int batches, int budget)
        {
            _leaves = 1;
            while (_leaves < batches)
                _leaves *= 2;
            _room = new int[2 * _leaves];
            Array.Fill(_room, budget);
        }

        /// <summary>The first batch with room for <paramref name="tokens"/>, which it takes. There always is one: as many batches as examples.</summary>
        public int Take(int tokens)
        {
            var node = 1;
            while (node < _leaves)
                node = _room[2 * node] >= tokens ? 2 * node : 2 * node + 1;
            var batch = node - _leaves;
            _room[node] -= tokens;
            for (node /= 2; node > 0; node /= 2)
                _room[node] = Math.Max(_room[2 * node], _room[2 * node + 1]);
            return batch;
        }
    }
}
