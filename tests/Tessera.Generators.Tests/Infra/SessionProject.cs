using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Tessera.Generators.Modules;
using Tessera.Generators.Sessions;

namespace Tessera.Generators.Tests.Infra;

/// <summary>A project with <c>OnnxModel</c> items, as the build describes it to the generator.</summary>
/// <param name="Models">The property <c>TesseraModels</c>.</param>
/// <param name="Signatures">Signatures of files by name.</param>
internal sealed record SessionProject(string Models, params (string Name, string Text)[] Signatures)
{
    public string RootNamespace { get; init; } = "App";

    /// <summary>Runs both generators, as the compiler does.</summary>
    public GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new ModuleGenerator().AsSourceGenerator(), new SessionGenerator().AsSourceGenerator()],
        [.. Signatures.Select(static s => new Text($"obj/{s.Name}.tessera-signature", s.Text))],
        CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp14).WithDocumentationMode(DocumentationMode.Diagnose),
        new Options(new Dictionary<string, string> { ["build_property.TesseraModels"] = Models, ["build_property.RootNamespace"] = RootNamespace }),
        new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>What is generated for a source, by file; what it says comes back too.</summary>
    public (Dictionary<string, string> Files, string[] Said, Compilation Compilation) Run(Compilation source)
    {
        GeneratorDriver driver = Driver().RunGeneratorsAndUpdateCompilation(source, out Compilation compilation, out ImmutableArray<Diagnostic> said);
        Dictionary<string, string> files = driver.GetRunResult().Results.SelectMany(static r => r.GeneratedSources)
            .ToDictionary(static f => f.HintName, static f => f.SourceText.ToString());
        return (files, [.. said.Select(static d => $"{d.Id}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}")], compilation);
    }

    private sealed class Text(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options(Dictionary<string, string> global) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(global);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
