using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>A near miss: a rule matched the form but a precondition failed.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Op">Text name of the op it looked at.</param>
/// <param name="Place">Where that op comes from.</param>
/// <param name="Reason">Which precondition failed, with the values concerned.</param>
public sealed record Rejection(string Rule, string Op, SourceLocation Place, string Reason)
{
    public override string ToString() => $"{Rule} at {Op}{(Place == SourceLocation.None ? "" : $" {Place}")}: {Reason}";
}
