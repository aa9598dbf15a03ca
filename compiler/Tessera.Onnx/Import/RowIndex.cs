using System.Collections.Frozen;
using Tessera.Ir;
using Tessera.Ir.Onnx;

namespace Tessera.Onnx;

/// <summary>A form in which an op may stand in a model.</summary>
internal sealed record RowEntry(OpSchema Schema, OnnxRow Row)
{
    /// <summary>Whether integers that a run computes steer the op; what is known when the model is read is an attribute instead.</summary>
    public bool IsDynamic { get; } = typeof(Ir.Ops.DynamicOp).IsAssignableFrom(Schema.OpType);
}

/// <summary>The mapping tables of all ops turned round: from domain and ONNX name to the forms, newest first.</summary>
internal static class RowIndex
{
    private static readonly Lazy<FrozenDictionary<(string Domain, string OpType), RowEntry[]>> s_rows = new(static () => OpRegistry.All
        .SelectMany(static schema => schema.Onnx?.Rows.Select(row => new RowEntry(schema, row)) ?? [])
        .GroupBy(static e => (e.Row.Domain, e.Row.OpType))
        .ToFrozenDictionary(static g => g.Key, static g => g.OrderByDescending(static e => e.Row.Since).ToArray()));

    /// <summary>Forms of the name that the domain has at the version.</summary>
    public static IEnumerable<RowEntry> Find(string domain, string opType, long version) =>
        s_rows.Value.GetValueOrDefault((domain, opType), []).Where(e => e.Row.Since <= version && version < e.Row.Until);

    /// <summary>Whether any version of the domain has the name.</summary>
    public static bool Knows(string domain, string opType) => s_rows.Value.ContainsKey((domain, opType));
}
