using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Analyzers;

/// <summary>What a module keeps: no tensors, and its children where they can be found.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModuleStateAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.KeptTensor, Rules.HiddenChildren, Rules.CapturedChild, Rules.UnlistedChildren];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(AnalyzeMembers, SymbolKind.NamedType);
        context.RegisterOperationAction(AnalyzeCapture, OperationKind.ParameterReference);
    }

    private static void AnalyzeMembers(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Class || !type.IsModule())
        {
            return;
        }

        foreach (var member in type.StoredMembers())
        {
            var value = member.ValueType()!;
            if (Holds(value, static t => t.IsTensor()))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.KeptTensor, member.Written(), member.Name));
            }
            else if (!member.IsStatic && !value.HoldsWeights() && Holds(value, static t => t.HoldsWeights()))
            {
                var shown = value.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
                context.ReportDiagnostic(Diagnostic.Create(Rules.HiddenChildren, member.Written(), member.Name, shown));
            }
        }

        if (type.Attribute("ModuleAttribute") is null && !type.IsNn("Module") && type.GetMembers("Members").IsEmpty
            && ChildReader.Read(type).Select(static c => c.Member).FirstOrDefault() is { } child)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.UnlistedChildren, type.Written(), type.Name, child.Name));
        }
    }

    /// <summary>A primary constructor's parameter read in a body becomes a hidden field, which no list of members shows.</summary>
    private static void AnalyzeCapture(OperationAnalysisContext context)
    {
        var parameter = ((IParameterReferenceOperation)context.Operation).Parameter;
        if (context.ContainingSymbol is not IMethodSymbol { MethodKind: not MethodKind.Constructor } method
            || parameter.ContainingSymbol is not IMethodSymbol constructor || constructor.PrimaryDeclaration() is null
            || !method.ContainingType.IsModule())
        {
            return;
        }

        if (Holds(parameter.Type, static t => t.IsTensor()))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.KeptTensor, context.Operation.Syntax.GetLocation(), parameter.Name));
        }
        else if (Holds(parameter.Type, static t => t.HoldsWeights()))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.CapturedChild, context.Operation.Syntax.GetLocation(), parameter.Name, method.ContainingType.Name));
        }
    }

    /// <summary>Whether a value of this type holds one that matches, itself or inside a collection or tuple. A delegate holds none.</summary>
    private static bool Holds(ITypeSymbol type, Func<ITypeSymbol, bool> matches) => matches(type) || type switch
    {
        { TypeKind: TypeKind.Delegate } => false,
        IArrayTypeSymbol array => Holds(array.ElementType, matches),
        INamedTypeSymbol { IsGenericType: true } generic when !generic.IsModule() => generic.TypeArguments.Any(t => Holds(t, matches)),
        _ => false,
    };
}
