using Tessera.Ir;

namespace Tessera.Compiler.Explain;

/// <summary>Places where the same was refused of the same kind of op.</summary>
/// <param name="Op">Text name of the op.</param>
/// <param name="Reason">Why, with the values concerned.</param>
/// <param name="Places">Where these ops come from, in order.</param>
public sealed record ReasonGroup(string Op, string Reason, IReadOnlyList<SourceLocation> Places)
{
    /// <summary>Refusals by op and reason, most frequent first; equals stay in the order of their first.</summary>
    internal static IReadOnlyList<ReasonGroup> Of(IEnumerable<(string Op, string Reason, SourceLocation Place)> refusals) =>
    [
        .. refusals.GroupBy(static r => (r.Op, r.Reason), static r => r.Place)
            .Select(static g => new ReasonGroup(g.Key.Op, g.Key.Reason, [.. g]))
            .OrderByDescending(static g => g.Places.Count),
    ];
}
