using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tessera.Generators.Analyzers;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Tests.Infra;

/// <summary>What the analyzers say of a source, generated halves included, as <c>ID at 'text': message</c>.</summary>
internal static class Analysis
{
    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers =
    [
        new ModuleDeclarationAnalyzer(), new ModuleStateAnalyzer(), new WeightNameAnalyzer(), new TensorConditionAnalyzer(),
        new EntryModuleAnalyzer(), new OpRecordAnalyzer(),
    ];

    /// <summary>Diagnostics of a model source that starts after the usual usings and namespace.</summary>
    public static Task<string[]> Of(string body) => OfSource("using Layers;\nusing Tessera.Nn;\nnamespace Models;\n" + body);

    public static async Task<string[]> OfSource(string source)
    {
        Compiled.Driver(new ModuleGenerator())
            .RunGeneratorsAndUpdateCompilation(Compiled.Create(source), out var compilation, out _);
        var diagnostics = await compilation
            .WithAnalyzers(s_analyzers, new CompilationWithAnalyzersOptions(
                new AnalyzerOptions([]),
                onAnalyzerException: static (e, _, _) => throw new InvalidOperationException("an analyzer failed", e),
                concurrentAnalysis: true,
                logAnalyzerExecutionTime: false))
            .GetAnalyzerDiagnosticsAsync();
        return [.. diagnostics.OrderBy(static d => d.Location.SourceSpan.Start).ThenBy(static d => d.Id, StringComparer.Ordinal).Select(Text)];
    }

    private static string Text(Diagnostic diagnostic)
    {
        var tree = diagnostic.Location.SourceTree;
        var at = tree?.GetText().ToString(diagnostic.Location.SourceSpan);
        return $"{diagnostic.Id} at '{at}': {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
    }
}
