namespace Tessera.Ir;

/// <summary>What a compound dim computes once from its parts.</summary>
internal static class DimHash
{
    public static int Of(DimKind kind, IReadOnlyList<Dim> parts)
    {
        var hash = new HashCode();
        hash.Add(kind);
        foreach (Dim part in parts) hash.Add(part);
        return hash.ToHashCode();
    }

    public static int Depth(IReadOnlyList<Dim> parts) => parts.Max(static p => p.Depth);

    /// <summary>Saturates far above any allowed size, since each part is itself within bounds.</summary>
    public static long Size(IReadOnlyList<Dim> parts) => 1 + parts.Sum(static p => p.Size);
}
