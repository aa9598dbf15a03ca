using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>Compares weights with the slots of a model and says everything that is wrong at once.</summary>
internal static class WeightMismatch
{
    private const int MostListed = 20;

    /// <summary>Null when every slot has its weight and every weight its slot.</summary>
    public static TesseraException? Find(WeightSet weights, IReadOnlyList<WeightSlot> slots, WeightTypes types)
    {
        var expected = slots.Select(static s => s.Path).ToHashSet(StringComparer.Ordinal);
        string[] unexpected = [.. weights.Keys.Where(k => !expected.Contains(k))];
        string[] missing = [.. slots.Where(s => !s.FileOnly && !weights.ContainsKey(s.Path)).Select(static s => s.Path)];
        string[] misshapen = [.. slots.Where(s => !s.FileOnly && weights.ContainsKey(s.Path) && !Fits(weights[s.Path], s, types))
            .Select(s => $"'{s.Path}' is {Text(weights[s.Path])}, expected {s.TypeText}")];
        if (missing.Length + unexpected.Length + misshapen.Length == 0) return null;

        List<string> parts = [];
        if (missing.Length > 0)
            parts.Add($"{missing.Length} missing: {Listed([.. missing.Take(MostListed).Select(m => $"'{m}'{Suggestion(m, unexpected)}"), .. missing.Skip(MostListed)])}");
        if (unexpected.Length > 0) parts.Add($"{unexpected.Length} unexpected: {Listed([.. unexpected.Select(static u => $"'{u}'")])}");
        if (misshapen.Length > 0) parts.Add($"{misshapen.Length} misshapen: {Listed(misshapen)}");
        return new TesseraException("TSR0641", weights.Origin, $"the weights do not fit the model. {string.Join("; ", parts)}.", Hint(missing, unexpected));
    }

    /// <summary>At most twenty, and how many more there are.</summary>
    public static string Listed(IReadOnlyList<string> items) => items.Count <= MostListed
        ? string.Join(", ", items)
        : $"{string.Join(", ", items.Take(MostListed))} and {items.Count - MostListed} more";

    private static bool Fits(WeightSource source, WeightSlot slot, WeightTypes types) =>
        source.Dims.SequenceEqual(slot.Dims)
        && (source.DType == slot.DType || (types == WeightTypes.CastFloats && CanRound(source.DType) && CanRound(slot.DType)));

    private static bool CanRound(DType type) => type.IsFloat() && ElementCast.IsSupported(type);

    private static string Text(WeightSource source) => $"{source.DType.Text()}[{string.Join(", ", source.Dims)}]";

    private static string Suggestion(string missing, string[] unexpected) =>
        NearMiss.Find(missing, unexpected) is { } near ? $" (did you mean '{near}'?)" : "";

    /// <summary>Checkpoints often wrap a model: every name then has one prefix too many, or one too few.</summary>
    private static string? Hint(string[] missing, string[] unexpected)
    {
        if (missing is [] || unexpected is []) return null;
        var wrapped = unexpected.FirstOrDefault(u => u.EndsWith("." + missing[0], StringComparison.Ordinal));
        var prefix = wrapped?[..^missing[0].Length];
        return prefix is not null && missing.All(m => unexpected.Contains(prefix + m))
            ? $"Every missing name is there behind '{prefix}': load with Rename(name => name[{prefix.Length}..])."
            : null;
    }
}
