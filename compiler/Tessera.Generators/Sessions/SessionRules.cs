using Microsoft.CodeAnalysis;

namespace Tessera.Generators.Sessions;

/// <summary>What the generator of sessions says of <c>OnnxModel</c> items; <c>compiler/docs/diagnostics.md</c> lists the same, which a test holds.</summary>
public static class SessionRules
{
    public static readonly DiagnosticDescriptor UnknownModel = new(
        "TSR1050", "An OnnxModel item names an entry module of the project or of Tessera.Nn, or a file",
        "OnnxModel '{0}': {1}", "Tessera", DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor NoSession = new(
        "TSR1051", "A model has a typed session",
        "OnnxModel '{0}' gets no session: {1}; open it by ModelSession, or write Session=\"false\"", "Tessera", DiagnosticSeverity.Warning, isEnabledByDefault: true);
}
