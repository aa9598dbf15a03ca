namespace Tessera.Runtime.Tests.Scheduling;

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _seconds;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => Interlocked.Read(ref _seconds);

    public void Set(long seconds) => Interlocked.Exchange(ref _seconds, seconds);
}
