using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Tessera.Generators.Infra;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Sessions;

/// <summary>Writes a typed session for each <c>OnnxModel</c> item of a project that references Tessera.Runtime.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class SessionGenerator : IIncrementalGenerator
{
    /// <summary>Names of the pipeline's steps, for tests of its incrementality.</summary>
    public static readonly IReadOnlyList<string> Steps = ["SessionItems", "SessionFiles", "SessionModules", "SessionLibrary", "SessionSurroundings", "Sessions"];

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var items = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => new Project(SessionItem.Read(Property(options, "TesseraModels")), Names.Namespace(Property(options, "RootNamespace") ?? "")))
            .WithTrackingName("SessionItems");
        var files = context.AdditionalTextsProvider
            .Where(static text => text.Path.EndsWith(SignatureFile.Extension, StringComparison.Ordinal))
            .Select(static (text, cancellation) => SignatureFile.Read(Path.GetFileNameWithoutExtension(text.Path), text.GetText(cancellation)?.ToString() ?? ""))
            .Collect()
            .Select(static (all, _) => all.ToEquatableList())
            .WithTrackingName("SessionFiles");
        var modules = context.SyntaxProvider
            .ForAttributeWithMetadataName(ModuleSymbols.ModuleAttribute, static (node, _) => node is ClassDeclarationSyntax, ModuleReader.Read)
            .Where(static m => m is { Entry: not null } or { Forwards.Count: > 0 })
            .Select(static (m, _) => ModuleSource.Of(m!))
            .Collect()
            .Select(static (all, _) => all.ToEquatableList())
            .WithTrackingName("SessionModules");
        var library = context.CompilationProvider
            .Select(static (c, _) => LibraryModules.Of(c))
            .WithTrackingName("SessionLibrary");
        var surroundings = context.CompilationProvider
            .Select(static (c, _) => new Surroundings(
                c.GetTypeByMetadataName("Tessera.Runtime.TypedSession") is not null,
                c.GetTypeByMetadataName("Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions") is not null))
            .WithTrackingName("SessionSurroundings");

        var plans = items.Combine(files).Combine(modules.Combine(library)).Combine(surroundings)
            .SelectMany(static (all, _) => Plans(all.Left.Left.Left, all.Left.Left.Right, all.Left.Right.Left, all.Left.Right.Right, all.Right))
            .WithTrackingName("Sessions");
        context.RegisterSourceOutput(plans, static (output, planned) => Write(output, planned.Plan, planned.Surroundings));
    }

    private static IEnumerable<Planned> Plans(
        Project project, EquatableList<SignatureFile> files, EquatableList<ModuleSource> modules, EquatableList<ModuleSource> library, Surroundings surroundings)
    {
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in surroundings.HasRuntime ? project.Items : default)
        {
            if (SessionPlan.Of(item, modules, library, files, project.RootNamespace) is not { } plan)
            {
                continue;
            }

            var name = plan.Session is { } session ? $"{session.Namespace}.{session.Class}" : "";
            if (plan.Session is not null && taken.TryGetValue(name, out var other))
            {
                plan = new(null, SessionRules.NoSession, item.Include, $"its class {name} is that of '{other}'; give one of them another Name");
            }

            taken[name] = item.Name;
            yield return new Planned(plan, surroundings);
        }
    }

    private static void Write(SourceProductionContext output, SessionPlan plan, Surroundings surroundings)
    {
        if (plan.Session is not { } session)
        {
            output.ReportDiagnostic(Diagnostic.Create(plan.Fault!, Location.None, plan.Include, plan.Reason));
            return;
        }

        var prefix = session.Namespace.Length > 0 ? session.Namespace.Replace("@", "") + "." : "";
        output.AddSource($"{prefix}{session.Class}.g.cs", SourceText.From(SessionWriter.Write(session), Encoding.UTF8));
        if (surroundings.HasServices)
        {
            output.AddSource($"{prefix}{session.Class}.Services.g.cs", SourceText.From(ServicesWriter.Write(session), Encoding.UTF8));
        }
    }

    private static string? Property(Microsoft.CodeAnalysis.Diagnostics.AnalyzerConfigOptionsProvider options, string name) =>
        options.GlobalOptions.TryGetValue($"build_property.{name}", out var value) ? value : null;

    private sealed record Project(EquatableList<SessionItem> Items, string RootNamespace);

    /// <param name="HasRuntime">Whether sessions can be written at all.</param>
    /// <param name="HasServices">Whether there is a container to register them in.</param>
    private sealed record Surroundings(bool HasRuntime, bool HasServices);

    private sealed record Planned(SessionPlan Plan, Surroundings Surroundings);
}
