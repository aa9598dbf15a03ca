namespace Tessera.Runtime;

/// <summary>What becomes of an example for which the queue of a <see cref="PackedScheduler"/> has no room.</summary>
public enum QueueFullMode
{
    /// <summary>It is refused at once, so that the caller can shed load (TSR0743).</summary>
    Reject,

    /// <summary>The caller's thread waits for room: the pressure goes back to where examples come from.</summary>
    Wait,
}
