using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>Weights by path, in a fixed order. Holds sources, not bytes.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "A set of weights is what the field calls it.")]
public sealed class WeightSet : IReadOnlyDictionary<string, WeightSource>
{
    private readonly OrderedDictionary<string, WeightSource> _weights = new(StringComparer.Ordinal);

    /// <param name="origin">The file, or what else made them; named in errors.</param>
    /// <param name="weights">Paths must differ.</param>
    public WeightSet(string origin, IEnumerable<KeyValuePair<string, WeightSource>> weights)
    {
        Origin = origin;
        foreach (var (path, source) in weights)
        {
            if (!_weights.TryAdd(path, source))
                throw new TesseraException("TSR0639", origin, $"two weights are named '{path}'.");
        }
    }

    public string Origin { get; }

    public int Count => _weights.Count;

    public IEnumerable<string> Keys => _weights.Keys;

    public IEnumerable<WeightSource> Values => _weights.Values;

    public WeightSource this[string key] => _weights[key];

    /// <summary>Opens a <c>.safetensors</c> file, or all shards of a <c>.index.json</c>.</summary>
    public static WeightSet Load(string path) =>
        path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? SafetensorsShards.Open(path) : SafetensorsFile.Open(path).Weights;

    /// <summary>Fills every slot by its own initialiser.</summary>
    /// <exception cref="TesseraException">TSR0640: a slot has none.</exception>
    public static WeightSet FromSeed(IEnumerable<WeightSlot> slots, long seed) => new(
        $"seed {seed}",
        slots.Where(static slot => !slot.FileOnly).Select(slot => KeyValuePair.Create(
            slot.Path,
            slot.Initializer?.Create(slot.DType, slot.Dims, slot.Path, seed)
                ?? throw new TesseraException("TSR0640", slot.Path, "the weight has no initialiser and no file gives it."))));

    /// <summary>Strict loading: exactly one weight for each slot, with its sizes, in the order of the slots; what is held by files alone may be there.</summary>
    /// <exception cref="TesseraException">TSR0641: lists missing, unexpected and misshapen weights together.</exception>
    public WeightSet Match(IReadOnlyList<WeightSlot> slots, WeightTypes types)
    {
        if (WeightMismatch.Find(this, slots, types) is { } error) throw error;
        return new WeightSet(Origin, slots.Where(static slot => !slot.FileOnly).Select(slot => KeyValuePair.Create(slot.Path, this[slot.Path].Cast(slot.DType))));
    }

    /// <summary>The same weights under other names.</summary>
    public WeightSet Rename(Func<string, string> rename) =>
        new(Origin, _weights.Select(w => KeyValuePair.Create(rename(w.Key), w.Value)));

    /// <summary>Reads everything once and returns the weights that hold NaN or infinities.</summary>
    public IReadOnlyList<KeyValuePair<string, NonFiniteCount>> FindNonFinite(CancellationToken cancellation = default) =>
        [.. _weights.Select(w => KeyValuePair.Create(w.Key, WeightScan.CountNonFinite(w.Value, cancellation))).Where(static w => w.Value.Total > 0)];

    public bool ContainsKey(string key) => _weights.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out WeightSource value) => _weights.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, WeightSource>> GetEnumerator() => _weights.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
