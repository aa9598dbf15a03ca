namespace Tessera.Runtime;

/// <summary>
/// Lets runs share a resource and releases it once: at once when nobody runs, else when the last run ends,
/// since freeing a native session under a run ends the process.
/// </summary>
internal sealed class RunGate(object owner, Action release)
{
    private readonly Lock _lock = new();
    private int _running;
    private bool _closed;

    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    public Lease Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            _running++;
        }
        return new(this);
    }

    public void Close()
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _closed = true;
            if (_running > 0)
                return;
        }
        release();
    }

    public void ThrowIfClosed()
    {
        lock (_lock)
            ObjectDisposedException.ThrowIf(_closed, owner);
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_running > 0 || !_closed)
                return;
        }
        release();
    }

    /// <summary>One run's share.</summary>
    public readonly ref struct Lease(RunGate gate)
    {
        public void Dispose() => gate.Leave();
    }
}
