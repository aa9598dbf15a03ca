using System.Collections.Frozen;

namespace Tessera.Ir;

/// <summary>All kinds of op there are.</summary>
public static partial class OpRegistry
{
    private static readonly Lazy<FrozenDictionary<string, OpSchema>> s_byName = new(Index);

    /// <summary>The schema with a text name, or null.</summary>
    public static OpSchema? Find(string name) => s_byName.Value.GetValueOrDefault(name);

    private static FrozenDictionary<string, OpSchema> Index() => All.ToFrozenDictionary(static s => s.Name, StringComparer.Ordinal);
}
