using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Modules;

/// <summary>Completes each <c>[Module] partial class</c>: base class, weight names, <c>Apply</c>, <c>ToString</c>, signature.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModuleGenerator : IIncrementalGenerator
{
    /// <summary>Names of the pipeline's steps, for tests of its incrementality.</summary>
    public static readonly IReadOnlyList<string> Steps = ["Modules", "ModuleEntries"];

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var modules = context.SyntaxProvider
            .ForAttributeWithMetadataName(ModuleSymbols.ModuleAttribute, static (node, _) => node is ClassDeclarationSyntax, ModuleReader.Read)
            .Where(static m => m is not null)
            .Select(static (m, _) => m!)
            .WithTrackingName("Modules");
        context.RegisterSourceOutput(modules, static (output, module) =>
            output.AddSource(module.Type.HintName, SourceText.From(ModuleWriter.Write(module), Encoding.UTF8)));

        var entries = modules
            .Where(static m => m.Entry is { IsPublicToAssembly: true })
            .Select(static (m, _) => new EntryRow(m.Type.FullName, m.Entry!))
            .Collect()
            .Select(static (rows, _) => rows.ToEquatableList())
            .WithTrackingName("ModuleEntries");
        context.RegisterSourceOutput(entries, static (output, rows) =>
        {
            if (rows.Count > 0)
            {
                var text = EntryWriter.WriteAssembly(rows.Select(static r => (r.Type, r.Entry)));
                output.AddSource("ModuleEntries.g.cs", SourceText.From(text, Encoding.UTF8));
            }
        });
    }

    private sealed record EntryRow(string Type, EntryModel Entry);
}
