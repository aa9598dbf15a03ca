using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>One rewritten site: what stood there and what took its place, over operands both share.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Place">Where the replaced op comes from.</param>
/// <param name="Original">Results before.</param>
/// <param name="Replacement">One value for each of them.</param>
public sealed record RewriteRecord(
    string Rule, SourceLocation Place, IReadOnlyList<Value> Original, IReadOnlyList<Value> Replacement)
{
    /// <summary>What it relies on.</summary>
    public RewriteGround Ground { get; init; } = RewriteGround.None;

    /// <summary>Rule, op and place, as errors name the site.</summary>
    public string Site => $"{Rule} at {Original[0].Producer.Schema.Name}{(Place == SourceLocation.None ? "" : $" {Place}")}";
}
