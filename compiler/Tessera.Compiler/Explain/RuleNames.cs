using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Passes;

namespace Tessera.Compiler.Explain;

/// <summary>Names of the rewrite rules.</summary>
public static class RuleNames
{
    /// <summary>Every rule of every pipeline, in order of application.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Pipelines.All.SelectMany(Pipelines.Rules).Distinct()];

    /// <summary>The name, where a rule has it.</summary>
    /// <exception cref="TesseraException">TSR0970: none has; the hint names the nearest.</exception>
    public static string Check(string name) => All.Contains(name) ? name : throw new TesseraException(
        "TSR0970", "", $"there is no rule '{name}'.", NearestName.Hint(name, All) ?? $"There are {string.Join(", ", All.Order(StringComparer.Ordinal))}.");
}
