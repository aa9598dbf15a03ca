namespace Tessera.Runtime;

/// <summary>Moments on a clock, as <see cref="TimeProvider.GetTimestamp"/> counts them.</summary>
internal readonly struct SchedulerClock(TimeProvider time)
{
    public long Now => time.GetTimestamp();

    public long After(long now, TimeSpan wait)
    {
        var ticks = wait.TotalSeconds * time.TimestampFrequency;
        return ticks >= long.MaxValue - now ? long.MaxValue - 1 : now + (long)ticks;
    }

    /// <summary>How long to sleep for a moment to come.</summary>
    public TimeSpan Until(long due, long now)
    {
        var wait = time.GetElapsedTime(now, due);
        // A moment more than none, or the thread would spin until it is due; what Monitor takes at most is 2³¹ ms.
        return wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait;
    }
}
