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
    /// <param name="name">What may be one.</param>
    /// <param name="place">Who asks for it, for the error.</param>
    /// <exception cref="TesseraException">TSR0970: none has; the hint names the nearest.</exception>
    public static string Check(string name, string place = "") => All.Contains(name) ? name : throw new TesseraException(
        "TSR0970", place, $"there is no rule '{name}'.", NearestName.Hint(name, All) ?? $"There are {string.Join(", ", All.Order(StringComparer.Ordinal))}.");
}
