namespace Tessera.Ir;

/// <summary>What a dim computes once, when it is made. Size counts shared parts each time they occur.</summary>
internal readonly record struct DimSummary(int Hash, int Depth, long Size)
{
    public static DimSummary Leaf(int hash) => new(hash, 0, 1);

    /// <summary>Of a compound; sizes cannot overflow, since each part is itself within bounds.</summary>
    public static DimSummary Of(DimKind kind, ReadOnlySpan<Dim> parts, int levels = 0)
    {
        var hash = new HashCode();
        hash.Add((int)kind);
        int depth = 0;
        long size = 1;
        foreach (Dim part in parts)
        {
            hash.Add(part.GetHashCode());
            depth = Math.Max(depth, part.Depth);
            size += part.Size;
        }
        return new(hash.ToHashCode(), depth + levels, size);
    }
}
