using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Analyzers;

/// <summary>
/// Ops are interned by record equality, where <c>0f</c> equals <c>-0f</c> and arrays compare by reference; attributes whose
/// types compare otherwise are required.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OpRecordAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.OpAttribute];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!IsOp(type) || DeclaresEquality(type))
        {
            return;
        }

        foreach (var member in type.StoredMembers().Where(static m => !m.IsStatic))
        {
            if (Instead(member.ValueType()!) is { } instead)
            {
                var shown = member.ValueType()!.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.OpAttribute, member.Written(), type.Name, member.Name, shown, instead));
            }
        }
    }

    private static bool IsOp(INamedTypeSymbol type)
    {
        for (var b = type.BaseType; b is not null; b = b.BaseType)
        {
            if (b is { Name: "Op", ContainingType: null, ContainingNamespace: { Name: "Ir", ContainingNamespace.Name: "Tessera" } })
            {
                return true;
            }
        }

        return false;
    }

    private static bool DeclaresEquality(INamedTypeSymbol type) => type.GetMembers("Equals").OfType<IMethodSymbol>()
        .Any(m => !m.IsImplicitlyDeclared && m.Parameters is [{ Type: var t }] && SymbolEqualityComparer.Default.Equals(t, type));

    /// <summary>What to write in place of a type that compares wrongly, or null when it compares well.</summary>
    private static string? Instead(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Single or SpecialType.System_Double } => "Real",
        { Name: "Half", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } => "Real",
        IArrayTypeSymbol { ElementType: var element } => Collection(element),
        INamedTypeSymbol { Name: "EquatableArray", TypeArguments: [var element] } => Instead(element) is null ? null : Collection(element),
        INamedTypeSymbol { IsGenericType: true } collection when IsSystemCollection(collection) => Collection(collection.TypeArguments.Last()),
        INamedTypeSymbol { IsTupleType: true, TupleElements: var elements } =>
            elements.Select(static e => Instead(e.Type)).FirstOrDefault(static i => i is not null),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var inner] } =>
            Instead(inner) is { } instead ? instead + "?" : null,
        _ => null,
    };

    private static string Collection(ITypeSymbol element) =>
        $"EquatableArray<{Instead(element) ?? element.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}>";

    private static bool IsSystemCollection(INamedTypeSymbol type)
    {
        var space = type.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space is { Name: "System" }
            && (IsEnumerable(type) || type.AllInterfaces.Any(IsEnumerable) || type.Name is "Memory" or "ReadOnlyMemory");
    }

    private static bool IsEnumerable(INamedTypeSymbol type) =>
        type.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T;
}
