namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// All work items, the segments with the longest items first, so that no thread is left with a long one at the end.
/// Items are numbered, not stored: two arrays the size of the batch find the n-th.
/// </summary>
internal readonly unsafe struct AttentionSchedule
{
    private readonly int* _order;
    private readonly int* _start;
    private readonly int* _cuQ;
    private readonly int _segments;

    /// <summary>The number of items.</summary>
    public int Count { get; }

    /// <param name="problem">A checked problem.</param>
    /// <param name="cost">Scratch [B].</param>
    /// <param name="order">[B], filled.</param>
    /// <param name="start">[B + 1], filled: the first item of the n-th segment in order.</param>
    public AttentionSchedule(in AttentionProblem problem, Span<long> cost, int* order, int* start)
    {
        _order = order;
        _start = start;
        _cuQ = problem.CuQ;
        _segments = problem.Segments;
        for (int b = 0; b < _segments; b++)
        {
            order[b] = b;
            long queries = problem.CuQ[b + 1] - problem.CuQ[b], keys = problem.CuK[b + 1] - problem.CuK[b];
            cost[b] = -Math.Min(queries, AttentionScratch.MaxLanes) * keys;
        }

        cost.Sort(new Span<int>(order, _segments));
        start[0] = 0;
        for (int n = 0; n < _segments; n++)
            start[n + 1] = checked(start[n] + (Blocks(order[n]) * problem.Heads));
        Count = start[_segments];
    }

    /// <summary>
    /// Item <paramref name="index"/>. Blocks of a head follow each other, so that its keys stay in the cache; the
    /// last come first, since under a causal mask they see the most.
    /// </summary>
    public AttentionItem this[int index]
    {
        get
        {
            int n = new Span<int>(_start, _segments + 1).BinarySearch(index);
            n = n < 0 ? ~n - 1 : n;
            // Empty segments have equal starts: the last of them is the one that holds the item.
            while (_start[n + 1] == _start[n])
                n++;
            int segment = _order[n], blocks = Blocks(segment), local = index - _start[n];
            int query = (blocks - 1 - (local % blocks)) * AttentionScratch.MaxLanes;
            int left = _cuQ[segment + 1] - _cuQ[segment] - query;
            return new(segment, local / blocks, query, Math.Min(left, AttentionScratch.MaxLanes));
        }
    }

    private int Blocks(int segment) =>
        (_cuQ[segment + 1] - _cuQ[segment] + AttentionScratch.MaxLanes - 1) / AttentionScratch.MaxLanes;
}
