using Microsoft.CodeAnalysis;
using Tessera.Generators.Infra;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Sessions;

/// <summary>What is written for one item: a session, or why there is none.</summary>
internal sealed record SessionPlan(SessionModel? Session, DiagnosticDescriptor? Fault, string Include, string Reason)
{
    /// <param name="item">The item.</param>
    /// <param name="modules">Entry modules of the project.</param>
    /// <param name="library">Those of Tessera.Nn, for names that the project has not.</param>
    /// <param name="signatures">Interfaces of files.</param>
    /// <param name="rootNamespace">Where sessions of files live, and of the library's modules.</param>
    /// <returns>Null where what is wrong is said elsewhere.</returns>
    public static SessionPlan? Of(
        SessionItem item, IReadOnlyList<ModuleSource> modules, IReadOnlyList<ModuleSource> library, IReadOnlyList<SignatureFile> signatures, string rootNamespace)
    {
        var session = Names.Pascal(item.Name) + "Session";
        if (item.IsFile)
        {
            return signatures.FirstOrDefault(s => s.Name == item.Name) is not { } file ? null
                : Checked(item, new SessionModel(rootNamespace, session, IsPublic: true, $"<c>{SessionWriter.Escaped(item.Name)}</c>, a model from a file", item.Path, null, file.Inputs, file.Outputs));
        }

        var own = modules.Where(m => m.IsNamed(item.Include)).ToArray();
        var found = own.Length > 0 ? own : [.. library.Where(m => m.IsNamed(item.Include)).Select(m => m with { Namespace = rootNamespace })];
        if (found is not [var module])
        {
            var known = $"it has {Listed(modules)}{(library.Count > 0 ? $"; Tessera.Nn has {Listed(library)}" : "")}";
            return new(null, SessionRules.UnknownModel, item.Include, $"{(found.Length == 0 ? "no entry module" : "more than one entry module")} of this project has this name; {known}");
        }

        if (module.Entry is not { } entry)
        {
            return new(null, SessionRules.UnknownModel, item.Include, "the module is no entry module; put [Input(\"f32[n, 768]\")] on each parameter of its Forward");
        }

        var types = new BatchedTypes(entry, item.Batch, item.DType);
        var batch = item.Batch switch { "packed" => "PackedBatch", "padded" => "PaddedBatch", _ => null };
        return Checked(item, new SessionModel(module.Namespace, session, module.IsPublic, $"<see cref=\"{module.FullName}\"/>, {Form(item)}", item.Path, batch, types.Inputs(), types.Outputs()));
    }

    private static string Listed(IReadOnlyList<ModuleSource> modules)
    {
        var entries = modules.Where(static m => m.Entry is not null).Select(static m => m.FullName.Replace("global::", "")).OrderBy(static n => n, StringComparer.Ordinal).ToArray();
        return entries.Length == 0 ? "none" : string.Join(", ", entries);
    }

    private static string Form(SessionItem item) => $"compiled for {(item.Batch == "single" ? "one example" : $"a {item.Batch} batch")} in {item.DType}";

    private static SessionPlan Checked(SessionItem item, SessionModel session) =>
        session.Inputs.Concat(session.Outputs).FirstOrDefault(static t => t.Element is null && !t.IsText) is { } odd
            ? new(null, SessionRules.NoSession, item.Include, $"'{odd.Name}' is {odd.DType}, which has no C# type")
            : new(session, null, item.Include, "");
}

/// <summary>An entry module that a session may be of.</summary>
/// <param name="Entry">Null while its declaration is wrong.</param>
internal sealed record ModuleSource(string FullName, string Name, string Namespace, bool IsPublic, EntryModel? Entry)
{
    public static ModuleSource Of(ModuleModel module) => new(module.Type.FullName, Last(module.Type.FullName), module.Type.Namespace, module.Type.IsPublic, module.Entry);

    /// <summary>One of another assembly.</summary>
    public static ModuleSource Of(INamedTypeSymbol type)
    {
        var full = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        return new(full, Last(full), type.ContainingNamespace.ToDisplayString(), IsPublic: true, EntryReader.Read(type, ConstructorScope.Of(type)));
    }

    /// <summary>Whether an item means it: by its full name or the last part.</summary>
    public bool IsNamed(string include) => FullName == $"global::{include.Replace('+', '.')}" || Name == include;

    private static string Last(string fullName) => fullName.Split('.', ':').Last();
}
