using Tessera.Passes;

namespace Tessera.Compiler.Explain;

/// <summary>What one rule did to a model.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Tried">Whether a pass of the compilation applied it; others serve other targets, or are asked for by name.</param>
/// <param name="Fired">Sites that it rewrote, in order.</param>
/// <param name="Misses">Sites whose form it matched and where a precondition failed, in order; those that it rewrote later are not among them.</param>
public sealed record RuleReport(string Rule, bool Tried, IReadOnlyList<Firing> Fired, IReadOnlyList<Rejection> Misses)
{
    /// <summary>The misses by op and reason, most frequent first.</summary>
    public IReadOnlyList<ReasonGroup> Reasons => ReasonGroup.Of(Misses.Select(static m => (m.Op, m.Reason, m.Place)));
}
