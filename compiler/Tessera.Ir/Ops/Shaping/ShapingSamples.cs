namespace Tessera.Ir.Ops;

/// <summary>Sizes at which ops that move elements are tested.</summary>
internal static class ShapingSamples
{
    /// <summary>n = 5, 2, 1 and 0.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, long>> Sizes { get; } = Of(5, 2, 1, 0);

    /// <summary>n = 5, 2 and 1.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, long>> NotEmpty { get; } = Of(5, 2, 1);

    public static IReadOnlyList<IReadOnlyDictionary<string, long>> Of(params ReadOnlySpan<long> sizes)
    {
        List<IReadOnlyDictionary<string, long>> all = [];
        foreach (long n in sizes)
        {
            all.Add(new Dictionary<string, long> { ["n"] = n });
        }

        return all;
    }
}
