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
    private readonly SchedulerClock _clock;
    private readonly ExampleLayout _layout;
    private readonly ExampleReader _reader;
    private readonly WaitingRoom _room;
    private readonly object _lock = new();
    private readonly Thread[] _threads;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _alive;
    private long _completed, _failed, _batches, _ran, _tokens;

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
        (_session, _options, _clock) = (session, options, new(time));
        _options.Check();
        _layout = new(session.Inputs, session.Outputs);
        _reader = new(session, _layout, _options);
        _room = new(_options, _layout, _clock);
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
            var (waiting, cancelled, rejected) = _room.Counts;
            lock (_lock)
                return new(_completed, _failed, cancelled, rejected, _batches, _ran, _tokens, waiting);
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
        var now = _clock.Now;
        var latest = deadline == Timeout.InfiniteTimeSpan ? long.MaxValue : _clock.After(now, deadline);
        var scheduled = new ScheduledExample(inputs, lengths, cancellationToken)
        {
            // Half of the time that it has may go by in waiting for others.
            Due = latest == long.MaxValue ? _clock.After(now, _options.MaxDelay) : Math.Min(_clock.After(now, _options.MaxDelay), _clock.After(now, deadline / 2)),
            Deadline = latest,
            Allowed = deadline,
        };
        if (_room.Enter(scheduled, cancellationToken))
            scheduled.Watch(_room.Abandon);
        else
            scheduled.Cancel();
        return scheduled.Result;
    }

    /// <summary>Runs one example together with those of other callers, and waits for it.</summary>
    /// <inheritdoc cref="RunAsync(ReadOnlySpan{TensorInput}, CancellationToken)"/>
    public RunResult Run(params ReadOnlySpan<TensorInput> example) => RunAsync(example).GetAwaiter().GetResult();

    /// <summary>Runs what waits now, for room in the queue too, without waiting for more.</summary>
    public void Flush() => _room.Flush();

    /// <summary>Takes no more examples, runs those that wait, and returns when all have their results.</summary>
    public void Dispose()
    {
        _room.Close();
        Array.ForEach(_threads, static thread => thread.Join());
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        _room.Close();
        return new(_ended.Task);
    }

    private void Work()
    {
        while (_room.TakeBatch() is { } batch)
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
}
