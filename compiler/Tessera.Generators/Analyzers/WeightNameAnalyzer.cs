using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Analyzers;

/// <summary>The names of a module's children and parameters: well-formed and distinct, inherited ones included.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class WeightNameAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.DuplicateWeightName, Rules.BadWeightName];

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

        var taken = new Dictionary<string, ISymbol>(StringComparer.Ordinal);
        for (var b = type.BaseType; b is not null; b = b.BaseType)
        {
            foreach (var (member, child) in ChildReader.Read(b))
            {
                taken[child.Name] = member;
            }
        }

        foreach (var (member, child) in ChildReader.Read(type))
        {
            if (child.Name.Split('.').Any(static s => s.Length == 0 || s.Any(char.IsWhiteSpace)))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.BadWeightName, member.Written(), child.Name, member.Name));
            }
            else if (taken.TryGetValue(child.Name, out var other))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.DuplicateWeightName, member.Written(), other.Name, member.Name, child.Name));
            }
            else
            {
                taken.Add(child.Name, member);
            }
        }
    }
}
