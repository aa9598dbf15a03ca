namespace Tessera.Runtime;

/// <summary>
/// Runs examples that many threads bring one by one together, packed. Each caller gets the results of its own example alone, which do
/// not depend on what else was in the batch. Safe for any number of threads.
/// </summary>
/// <example><code>
/// await using var scheduler = new PackedScheduler(session, new() { TokenBudget = 4096 });
/// using var result = await scheduler.RunAsync([TensorInput.From("patches", patches, n, 768)]);
/// </code></example>
/// <remarks>
/// An example's inputs are those of the packed model for a batch of one, without the offsets: <c>[n, …row]</c> where the model has
/// tokens, the row alone where it has one row an example. Results likewise, in memory of their own. While a batch runs, examples gather
/// for the next; in front stand those that are due first. Examples whose other sizes differ are not run together.
/// </remarks>
public sealed class PackedScheduler : IAsyncDisposable, IDisposable
{
    private readonly ModelSession _session;
    private readonly PackedSchedulerOptions _options;
    private readonly TimeProvider _time;
    private readonly ExampleLayout _layout;
    private readonly ExampleReader _reader;
    private readonly ExampleQueue _queue;
    private readonly object _lock = new();
    private readonly Thread[] _threads;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _alive;
    private bool _closed;
    private long _completed, _failed, _cancelled, _rejected, _batches, _ran, _tokens;

    /// <param name="session">A packed model. It stays the caller's, and must outlive the scheduler.</param>
    /// <param name="options">How examples are put together.</param>
    /// <exception cref="TesseraRuntimeException">TSR0705: an option out of range. TSR0741: the model is not packed.</exception>
    public PackedScheduler(ModelSession session, PackedSchedulerOptions? options = null)
        : this(session, options ?? new(), TimeProvider.System)
    {
    }

    internal PackedScheduler(ModelSession session, PackedSchedulerOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(session);
        (_session, _options, _time) = (session, options, time);
        _options.Check();
        _layout = new(session.Inputs, session.Outputs);
        _reader = new(session, _layout, _options);
        _queue = new(_options, _layout);
        _alive = _options.ParallelRuns;
        // Threads of their own: callers that block pool threads must not keep the results from coming.
        _threads = [.. Enumerable.Range(0, _alive).Select(_ => new Thread(Work) { IsBackground = true, Name = "Tessera scheduler" })];
        Array.ForEach(_threads, static thread => thread.Start());
    }

    /// <summary>What has been done so far.</summary>
    public SchedulerStatistics Statistics
    {
        get
        {
            lock (_lock)
                return new(_completed, _failed, _cancelled, _rejected, _batches, _ran, _tokens, _queue.Count);
        }
    }

    /// <summary>Runs one example together with those of other callers.</summary>
    /// <param name="example">Its inputs, which are copied at once.</param>
    /// <param name="cancellationToken">Gives the example up at any time; the others of its batch are not disturbed.</param>
    /// <exception cref="TesseraRuntimeException">
    /// At once, TSR0710 to TSR0729 as for <see cref="ModelSession.Run(ReadOnlySpan{TensorInput})"/>; TSR0733: more tokens than the budget; TSR0742: an
    /// input over tokens has no axis; TSR0743: the queue is full. From the task, TSR0723: the run failed; TSR0736, TSR0737: the model's results do not
    /// divide among the examples; TSR0744: the deadline passed (at once, where a caller waits for room).
    /// </exception>
    /// <exception cref="OperationCanceledException">From the task: the token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed; from the task, its session is.</exception>
    public Task<RunResult> RunAsync(ReadOnlySpan<TensorInput> example, CancellationToken cancellationToken = default)
        => RunAsync(example, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Runs one example, which is of no use after a time.</summary>
    /// <param name="example">Its inputs.</param>
    /// <param name="deadline">
    /// How long it may wait for its run to begin. One with less than twice <see cref="PackedSchedulerOptions.MaxDelay"/> stands further in front.
    /// That it passed is told once the batch that runs has ended.
    /// </param>
    /// <param name="cancellationToken">Gives the example up.</param>
    /// <inheritdoc cref="RunAsync(ReadOnlySpan{TensorInput}, CancellationToken)"/>
    public Task<RunResult> RunAsync(ReadOnlySpan<TensorInput> example, TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        if (deadline <= TimeSpan.Zero && deadline != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(deadline), deadline, "A deadline is more than 0, or infinite.");
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<RunResult>(cancellationToken);
        var (inputs, lengths) = _reader.Read(example);
        var now = _time.GetTimestamp();
        var latest = deadline == Timeout.InfiniteTimeSpan ? long.MaxValue : After(now, deadline);
        var scheduled = new ScheduledExample(inputs, lengths, cancellationToken)
        {
            // Half of the time that it has may go by in waiting for others.
            Due = latest == long.MaxValue ? After(now, _options.MaxDelay) : Math.Min(After(now, _options.MaxDelay), After(now, deadline / 2)),
            Deadline = latest,
            Allowed = deadline,
        };
        if (Enqueue(scheduled, cancellationToken))
            scheduled.Watch(Abandon);
        else
            scheduled.Cancel();
        return scheduled.Result;
    }

    /// <summary>Runs one example together with those of other callers, and waits for it.</summary>
    /// <inheritdoc cref="RunAsync(ReadOnlySpan{TensorInput}, CancellationToken)"/>
    public RunResult Run(params ReadOnlySpan<TensorInput> example) => RunAsync(example).GetAwaiter().GetResult();

    /// <summary>Runs what waits now without waiting for more.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            _queue.Flush();
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Takes no more examples, runs those that wait, and returns when all have their results.</summary>
    public void Dispose()
    {
        Close();
        Array.ForEach(_threads, static thread => thread.Join());
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Close();
        return new(_ended.Task);
    }

    private void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }

    // False where the token was cancelled before there was room.
    private bool Enqueue(ScheduledExample example, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_queue.IsFull)
                Expire(_time.GetTimestamp());
            if (_queue.IsFull && _options.WhenFull == QueueFullMode.Reject)
            {
                _rejected++;
                throw SchedulerErrors.QueueFull(_options.QueueLimit);
            }
            if (_queue.IsFull && !WaitForRoom(example, cancellationToken))
                return false;
            _queue.Add(example);
            Monitor.PulseAll(_lock);
            return true;
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
        try
        {
            while (_queue.IsFull)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    _cancelled++;
                    return false;
                }
                var now = _time.GetTimestamp();
                if (example.Deadline < now)
                {
                    _cancelled++;
                    throw SchedulerErrors.DeadlinePassed(example.Allowed);
                }
                Monitor.Wait(_lock, Until(example.Deadline, now));
                ObjectDisposedException.ThrowIf(_closed, this);
            }
            return true;
        }
        finally
        {
            // Not Dispose: the callback may be waiting for the lock that is held here.
            wake.Unregister();
        }
    }

    // One that runs already is let go of; its part of the results is thrown away.
    private void Abandon(ScheduledExample example)
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

    private void Work()
    {
        while (Next() is { } batch)
        {
            try
            {
                RunTogether(batch);
            }
            catch (Exception error)
            {
                // Not of one example: out of memory, or the session is gone. Those that have their results keep them.
                lock (_lock)
                    batch.ForEach(example => _failed += example.Fail(error) ? 1 : 0);
            }
        }
        if (Interlocked.Decrement(ref _alive) == 0)
            _ended.SetResult();
    }

    // Waits for a batch that may run; null once there will be none.
    private List<ScheduledExample>? Next()
    {
        lock (_lock)
        {
            while (true)
            {
                var now = _time.GetTimestamp();
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
                    Monitor.Wait(_lock, Until(due, now));
                }
            }
        }
    }

    private void Expire(long now)
    {
        foreach (var late in _queue.TakeLate(now))
            if (late.Fail(SchedulerErrors.DeadlinePassed(late.Allowed)))
                _cancelled++;
    }

    // An example that makes the run fail must not take the others with it: halves are run apart until it stands alone.
    private void RunTogether(List<ScheduledExample> batch)
    {
        batch.RemoveAll(static example => example.IsAbandoned);
        if (batch.Count == 0)
            return;
        try
        {
            var examples = new ExampleBatch(_layout, batch);
            using var all = _session.Run(examples.Inputs());
            var results = examples.Split(all);
            // Whoever has a result sees it counted.
            lock (_lock)
            {
                _batches++;
                _ran += batch.Count;
                _tokens += examples.Tokens;
                for (var i = 0; i < batch.Count; i++)
                    _completed += batch[i].Complete(results[i]) ? 1 : 0;
            }
        }
        catch (Exception error) when (batch.Count == 1)
        {
            lock (_lock)
                _failed += batch[0].Fail(error) ? 1 : 0;
        }
        catch (Exception error) when (error is not ObjectDisposedException)
        {
            var half = batch.Count / 2;
            RunTogether(batch[..half]);
            RunTogether(batch[half..]);
        }
    }

    private long After(long now, TimeSpan time)
    {
        var ticks = time.TotalSeconds * _time.TimestampFrequency;
        return ticks >= long.MaxValue - now ? long.MaxValue - 1 : now + (long)ticks;
    }

    private TimeSpan Until(long due, long now)
    {
        var wait = _time.GetElapsedTime(now, due);
        // A moment more than none, or the thread would spin until it is due; what Monitor takes at most is 2³¹ ms.
        return wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait;
    }
}
