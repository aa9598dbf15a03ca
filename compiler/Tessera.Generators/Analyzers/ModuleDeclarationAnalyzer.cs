using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Analyzers;

/// <summary>The class declaration of a module: partial, sealed, based on a module.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModuleDeclarationAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.NotPartial, Rules.NotSealed, Rules.ForeignBase];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.Attribute("ModuleAttribute") is null)
        {
            return;
        }

        if (ModuleReader.FirstNotPartial(type) is { } closed)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.NotPartial, type.Written(), type.Name, closed.Name));
        }

        if (type is { IsSealed: false, IsAbstract: false })
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.NotSealed, type.Written(), type.Name));
        }

        if (!ModuleReader.HasModuleBase(type))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.ForeignBase, type.Written(), type.Name, type.BaseType!.Name));
        }
    }
}
