using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Analyzers;

/// <summary>The declared signature of an entry module, and the ways to make one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EntryModuleAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.NoWayToConstruct, Rules.BadInput, Rules.UnknownRagged, Rules.BadEntry, Rules.BadPreset, Rules.BadConstraint, Rules.BadOutput];

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

        var forwards = EntryReader.Forwards(type).ToArray();
        var symbols = new List<string>();
        foreach (var forward in forwards)
        {
            symbols.AddRange(AnalyzeInputs(context, type, forward));
            AnalyzeOutputs(context, type, forward);
            foreach (var fault in EntryFaults.Of(type, forward, forwards.Length))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.BadEntry, forward.Written(), type.Name, fault));
            }
        }

        AnalyzeSymbols(context, type, symbols);
        AnalyzePresets(context, type);
        if (forwards.Length > 0 && !type.IsAbstract && !EntryReader.HasDefault(type) && !EntryReader.Presets(type).Any())
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.NoWayToConstruct, type.Written(), type.Name));
        }
    }

    /// <summary>Returns the symbols that well-formed inputs name.</summary>
    private static List<string> AnalyzeInputs(SymbolAnalysisContext context, INamedTypeSymbol type, IMethodSymbol forward)
    {
        var symbols = new List<string>();
        foreach (var parameter in forward.Parameters)
        {
            if (parameter.Attribute("InputAttribute") is not { } attribute || attribute.Text() is not { } text)
            {
                continue;
            }

            var input = InputType.Parse(text, out var error);
            var fault = input is null ? error : HoleFaults.Of(type, input.Pieces);
            if (fault is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.BadInput, attribute.Written(parameter), text, fault));
            }

            symbols.AddRange(input?.Symbols ?? default);
        }

        return symbols;
    }

    private static void AnalyzeOutputs(SymbolAnalysisContext context, INamedTypeSymbol type, IMethodSymbol forward)
    {
        var taken = new HashSet<string>();
        foreach (var (attribute, text, element, output) in EntryReader.Declarations(forward))
        {
            var fault = output is null ? $"Forward of '{type.Name}' returns {(element is null ? "a tuple; say of which element this is the type" : $"no element '{element}'")}"
                : !taken.Add(output.Name) ? $"output '{output.Name}' is declared twice"
                : InputType.Parse(text, out var error) is not { } parsed ? error
                : HoleFaults.Of(type, parsed.Pieces);
            if (fault is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.BadOutput, attribute.Written(forward), text, fault));
            }
        }
    }

    private static void AnalyzeSymbols(SymbolAnalysisContext context, INamedTypeSymbol type, List<string> symbols)
    {
        var named = symbols.Count == 0 ? "none" : string.Join(", ", symbols.Distinct().OrderBy(static s => s, StringComparer.Ordinal));
        foreach (var attribute in type.Attributes("RaggedAttribute"))
        {
            if (attribute.Text() is { } symbol && !symbols.Contains(symbol))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.UnknownRagged, attribute.Written(type), symbol, type.Name, named));
            }
        }

        foreach (var attribute in type.Attributes("WhereAttribute"))
        {
            if (attribute.Text() is { } text && ConstraintFault(type, text, symbols, named) is { } fault)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.BadConstraint, attribute.Written(type), text, fault));
            }
        }
    }

    private static string? ConstraintFault(INamedTypeSymbol type, string text, List<string> symbols, string named)
    {
        var parser = new DimTextParser(text);
        if (!parser.ParseConstraint())
        {
            return parser.Error;
        }

        return parser.Symbols.FirstOrDefault(s => !symbols.Contains(s)) is { } unknown
            ? $"'{unknown}' is no size of an input of '{type.Name}'; its inputs name {named}"
            : HoleFaults.Of(type, TextPiece.Cut(text));
    }

    private static void AnalyzePresets(SymbolAnalysisContext context, INamedTypeSymbol type)
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (method, preset, declared) in EntryReader.Presets(type))
        {
            var fault = declared ?? (taken.TryGetValue(preset.Name, out var other) ? $"has the same name as '{other}'" : null);
            if (fault is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.BadPreset, method.Written(), preset.Name, method.Name, fault));
            }

            taken[preset.Name] = method.Name;
        }
    }
}
