namespace Tessera.Onnx;

/// <summary>Which bytes of a file belong to tensors: two may share a range, and none may hold a part of another's.</summary>
internal sealed class DataRanges
{
    private readonly SortedSet<(long Start, long End)> _ranges = [];
    private readonly Lock _lock = new();

    /// <summary>Takes a range; a range taken before that it overlaps without being the same, or null.</summary>
    public (long Start, long End)? Overlapping(long offset, long length)
    {
        if (length == 0)
        {
            return null;
        }

        lock (_lock)
        {
            // Ranges that are taken do not overlap: the last one that starts before this one's end is the one that can.
            (long Start, long End) range = (offset, offset + length);
            (long Start, long End) last = _ranges.GetViewBetween((long.MinValue, long.MinValue), (range.End - 1, long.MaxValue)).Max;
            if (last != default && last != range && last.End > offset)
            {
                return last;
            }

            _ranges.Add(range);
            return null;
        }
    }
}
