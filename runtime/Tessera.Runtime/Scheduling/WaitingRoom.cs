namespace Tessera.Runtime;

/// <summary>
/// Where examples wait for a run, and, where the queue is full and callers may wait, callers for room in it: those that came first get
/// it first. Safe for any number of threads.
/// </summary>
internal sealed class WaitingRoom(PackedSchedulerOptions options, ExampleLayout layout, SchedulerClock clock)
{
    private readonly ExampleQueue _queue = new(options, layout);
    private readonly LinkedList<ScheduledExample> _door = new();
    private readonly object _lock = new();
    private bool _closed;
    private long _cancelled, _rejected;

    /// <summary>Examples that wait, those that were given up or came too late, and those that found the queue full.</summary>
    public (int Waiting, long Cancelled, long Rejected) Counts
    {
        get
        {
            lock (_lock)
                return (_queue.Count, _cancelled, _rejected);
        }
    }

    /// <summary>Lets an example wait for a run; false where the token was cancelled before there was room.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0743: the queue is full; TSR0744: the deadline passed before there was room.</exception>
    public bool Enter(ScheduledExample example, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(PackedScheduler));
            if (_queue.IsFull)
                Expire(clock.Now);
            if (_queue.IsFull && options.WhenFull == QueueFullMode.Reject)
            {
                _rejected++;
                throw SchedulerErrors.QueueFull(options.QueueLimit);
            }
            _queue.Number(example);
            if ((_queue.IsFull || _door.Count > 0) && !WaitForRoom(example, cancellationToken))
                return false;
            _queue.Add(example);
            Monitor.PulseAll(_lock);
            return true;
        }
    }

    /// <summary>Waits for a batch that may run; null once there will be none.</summary>
    public List<ScheduledExample>? TakeBatch()
    {
        lock (_lock)
        {
            while (true)
            {
                var now = clock.Now;
                Expire(now);
                if (_queue.Due is not { } due)
                {
                    if (_closed)
                        return null;
                    Monitor.Wait(_lock);
                }
                else if (_closed || _queue.IsFlushed || due <= now || _queue.FillsABatch)
                {
                    var batch = _queue.TakeBatch();
                    Monitor.PulseAll(_lock);
                    return batch;
                }
                else
                {
                    Monitor.Wait(_lock, clock.Until(due, now));
                }
            }
        }
    }

    /// <summary>Lets those that wait now, for room too, wait for no others.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            _queue.Flush();
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Gives an example up. One that runs already is let go of; its part of the results is thrown away.</summary>
    public void Abandon(ScheduledExample example)
    {
        lock (_lock)
        {
            if (!example.Cancel())
                return;
            _cancelled++;
            if (_queue.Remove(example))
                Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Takes no more examples.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private bool WaitForRoom(ScheduledExample example, CancellationToken cancellationToken)
    {
        var wake = cancellationToken.UnsafeRegister(
            _ =>
            {
                lock (_lock)
                    Monitor.PulseAll(_lock);
            },
            null);
        var place = _door.AddLast(example);
        try
        {
            while (_queue.IsFull || _door.First != place)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    _cancelled++;
                    return false;
                }
                var now = clock.Now;
                if (example.Deadline < now)
                {
                    _cancelled++;
                    throw SchedulerErrors.DeadlinePassed(example.Allowed);
                }
                Monitor.Wait(_lock, clock.Until(example.Deadline, now));
                ObjectDisposedException.ThrowIf(_closed, typeof(PackedScheduler));
            }
            return true;
        }
        finally
        {
            // Not Dispose: the callback may be waiting for the lock that is held here.
            wake.Unregister();
            _door.Remove(place);
            // There may be room for the next one as well.
            Monitor.PulseAll(_lock);
        }
    }

    private void Expire(long now)
    {
        foreach (var late in _queue.TakeLate(now))
            if (late.Fail(SchedulerErrors.DeadlinePassed(late.Allowed)))
                _cancelled++;
    }
}
