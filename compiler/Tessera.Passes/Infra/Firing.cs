using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>A site that a rule rewrote.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Op">Text name of the op that was replaced.</param>
/// <param name="Place">Where that op comes from.</param>
public sealed record Firing(string Rule, string Op, SourceLocation Place);
