namespace Tessera.Kernels.Cpu.Attention;

/// <summary>
/// All work items, the segments with the longest items first, so that no thread is left with a long one at the end.
/// Items are numbered, not stored: two arrays the size of the batch find the n-th. How a segment is cut depends on itself alone.
/// </summary>
internal readonly unsafe struct AttentionSchedule
{
    /// <summary>Multiply-adds that outweigh taking an item: short segments give several heads at a time.</summary>
    private const long ItemWork = 1 << 20;

    private readonly AttentionProblem* _problem;
    private readonly int* _order;
    private readonly int* _start;
    private readonly int _queries;

    /// <summary>The number of items.</summary>
    public int Count { get; }

    /// <param name="problem">A checked problem, which must outlive the schedule.</param>
    /// <param name="cost">Scratch [B].</param>
    /// <param name="order">[B], filled.</param>
    /// <param name="start">[B + 1], filled: the first item of the n-th segment in order.</param>
    public AttentionSchedule(AttentionProblem* problem, Span<long> cost, int* order, int* start)
    {
        _problem = problem;
        _order = order;
        _start = start;
        _queries = AttentionScratch.BlocksPerItem(problem->Group) * AttentionScratch.MaxRows;
        for (int b = 0; b < problem->Segments; b++)
        {
            order[b] = b;
            cost[b] = -Math.Min(Queries(b), _queries) * (long)Keys(b);
        }

        cost.Sort(new Span<int>(order, problem->Segments));
        start[0] = 0;
        for (int n = 0; n < problem->Segments; n++)
            start[n + 1] = checked(start[n] + (Blocks(order[n]) * HeadBlocks(order[n])));
        Count = start[problem->Segments];
    }

    /// <summary>
    /// Item <paramref name="index"/>. Items of a head follow each other, so that its keys stay in the cache; the
    /// last queries come first, since under a causal mask they see the most.
    /// </summary>
    public AttentionItem this[int index]
    {
        get
        {
            int n = new Span<int>(_start, _problem->Segments + 1).BinarySearch(index);
            n = n < 0 ? ~n - 1 : n;
            // Empty segments have equal starts: the last of them is the one that holds the item.
            while (_start[n + 1] == _start[n])
                n++;
            int segment = _order[n], blocks = Blocks(segment), local = index - _start[n];
            int query = (blocks - 1 - (local % blocks)) * _queries;
            int heads = HeadsPerItem(segment), head = local / blocks * heads;
            return new(segment, head, Math.Min(heads, _problem->KeyHeads - head), query, Math.Min(Queries(segment) - query, _queries));
        }
    }

    private int Queries(int segment) => _problem->CuQ[segment + 1] - _problem->CuQ[segment];

    private int Keys(int segment) => _problem->CuK[segment + 1] - _problem->CuK[segment];

    private int Blocks(int segment) => (Queries(segment) + _queries - 1) / _queries;

    private int HeadBlocks(int segment) => (_problem->KeyHeads + HeadsPerItem(segment) - 1) / HeadsPerItem(segment);

    private int HeadsPerItem(int segment)
    {
        long work = (long)Math.Min(Queries(segment), _queries) * Keys(segment) * _problem->Group * (_problem->HeadDim + _problem->ValueDim);
        return (int)Math.Clamp(ItemWork / Math.Max(work, 1), 1, _problem->KeyHeads);
    }
}
