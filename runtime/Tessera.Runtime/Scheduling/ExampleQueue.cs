namespace Tessera.Runtime;

/// <summary>
/// Examples that wait, those due first in front. Not safe for threads: the scheduler's lock guards it.
/// </summary>
internal sealed class ExampleQueue(PackedSchedulerOptions options, ExampleLayout layout)
{
    private static readonly Comparer<ScheduledExample> s_order = Comparer<ScheduledExample>.Create(
        static (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Number.CompareTo(b.Number));

    private readonly SortedSet<ScheduledExample> _waiting = new(s_order);
    private readonly long[] _tokens = new long[layout.Symbols.Length];
    private long _number;
    private long _flushedTo;
    private int _flushed;

    public int Count => _waiting.Count;

    public bool IsFull => Count >= options.QueueLimit;

    /// <summary>When the first is due; null when none waits.</summary>
    public long? Due => _waiting.Min?.Due;

    /// <summary>Whether as much waits as one batch takes, or as may wait: to wait for more is of no use then.</summary>
    public bool FillsABatch => IsFull || Count >= options.MaxExamples || Array.Exists(_tokens, tokens => tokens >= options.TokenBudget);

    /// <summary>Whether one waits that was there at the last <see cref="Flush"/>.</summary>
    public bool IsFlushed => _flushed > 0;

    /// <summary>Lets those that have a number now wait no longer.</summary>
    public void Flush() => (_flushedTo, _flushed) = (_number, Count);

    /// <summary>Gives an example its number, in the order of arrival; one may wait for room before it is added.</summary>
    public void Number(ScheduledExample example) => example.Number = _number++;

    public void Add(ScheduledExample example)
    {
        _waiting.Add(example);
        Tally(example, 1);
        _flushed += example.Number < _flushedTo ? 1 : 0;
    }

    public bool Remove(ScheduledExample example)
    {
        if (!_waiting.Remove(example))
            return false;
        Tally(example, -1);
        _flushed -= example.Number < _flushedTo ? 1 : 0;
        return true;
    }

    /// <summary>Takes out those whose deadline has passed: they were due before it.</summary>
    public List<ScheduledExample> TakeLate(long now)
    {
        List<ScheduledExample> late = [.. _waiting.TakeWhile(example => example.Due < now).Where(example => example.Deadline < now)];
        late.ForEach(example => Remove(example));
        return late;
    }

    /// <summary>
    /// Takes out a batch: the first, then each that still has room in the budget and whose other sizes are those of the first, those in
    /// front first. The first always runs, so that small ones cannot overtake it for ever.
    /// </summary>
    public List<ScheduledExample> TakeBatch()
    {
        List<ScheduledExample> batch = [];
        var room = new long[layout.Symbols.Length];
        Array.Fill(room, options.TokenBudget);
        foreach (var example in _waiting)
        {
            if (batch.Count == options.MaxExamples)
                break;
            if (!Fits(example, room) || (batch is [var first, ..] && !layout.AreAlike(first.Inputs, example.Inputs)))
                continue;
            for (var s = 0; s < _tokens.Length; s++)
                room[s] -= example.Lengths[s];
            batch.Add(example);
        }
        batch.ForEach(example => Remove(example));
        return batch;
    }

    private static bool Fits(ScheduledExample example, long[] room)
    {
        for (var s = 0; s < room.Length; s++)
            if (example.Lengths[s] > room[s])
                return false;
        return true;
    }

    private void Tally(ScheduledExample example, int sign)
    {
        for (var s = 0; s < _tokens.Length; s++)
            _tokens[s] += sign * (long)example.Lengths[s];
    }
}
