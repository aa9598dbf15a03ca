namespace Tessera.Compiler.Diff;

/// <summary>Ops of one kind.</summary>
/// <param name="Op">Text name of the kind.</param>
/// <param name="Places">Where each comes from, in the graph's order.</param>
public sealed record OpGroup(string Op, IReadOnlyList<string> Places);
