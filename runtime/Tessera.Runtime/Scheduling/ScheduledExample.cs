namespace Tessera.Runtime;

/// <summary>One example in the queue of a <see cref="PackedScheduler"/>, and the promise of its results.</summary>
internal sealed class ScheduledExample(TensorInput[] inputs, int[] lengths, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<RunResult> _promise = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;

    /// <summary>Its inputs, in the order of the layout's.</summary>
    public TensorInput[] Inputs => inputs;

    /// <summary>Its tokens of each ragged symbol.</summary>
    public int[] Lengths => lengths;

    /// <summary>When it must not wait for others any longer, as <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long Due { get; init; }

    /// <summary>When it is too late for it to run; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline { get; init; } = long.MaxValue;

    /// <summary>What <see cref="Deadline"/> was given as.</summary>
    public TimeSpan Allowed { get; init; }

    /// <summary>Its place among those due at the same time.</summary>
    public long Number { get; set; }

    public Task<RunResult> Result => _promise.Task;

    /// <summary>Whether its caller has given it up.</summary>
    public bool IsAbandoned => _promise.Task.IsCanceled;

    /// <summary>Lets the caller's token end the promise at any time; <paramref name="abandoned"/> is told.</summary>
    public void Watch(Action<ScheduledExample> abandoned)
    {
        _registration = cancellation.UnsafeRegister(
            _ => abandoned(this),
            null);
        // It may have been faster than this, and must not be missed.
        Interlocked.MemoryBarrier();
        if (_promise.Task.IsCompleted)
            _registration.Unregister();
    }

    /// <summary>Gives it up on behalf of the caller's token.</summary>
    public bool Cancel() => _promise.TrySetCanceled(cancellation);

    public bool Complete(RunResult result) => Unwatched(_promise.TrySetResult(result));

    public bool Fail(Exception error) => Unwatched(_promise.TrySetException(error));

    private bool Unwatched(bool done)
    {
        // Not Dispose, which would wait for a callback that may wait for the scheduler's lock.
        _registration.Unregister();
        return done;
    }
}
