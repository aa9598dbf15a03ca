namespace Tessera.Ir.Ops;

/// <summary>Where an element of a padded axis comes from.</summary>
internal static class PadIndex
{
    /// <summary>The position in the axis for a position that may lie outside it; −1 where the fill stands.</summary>
    public static long Source(long at, long size, PadMode mode) => mode switch
    {
        _ when at >= 0 && at < size => at,
        PadMode.Constant => -1,
        PadMode.Edge => Math.Clamp(at, 0, size - 1),
        PadMode.Wrap => ((at % size) + size) % size,
        _ => Mirrored(at, size),
    };

    private static long Mirrored(long at, long size)
    {
        if (size == 1)
        {
            return 0;
        }

        long period = 2 * (size - 1);
        long folded = ((at % period) + period) % period;
        return folded < size ? folded : period - folded;
    }
}
