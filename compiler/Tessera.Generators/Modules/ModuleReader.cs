using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Modules;

/// <summary>From a class with <c>[Module]</c> to the model of what is generated for it.</summary>
internal static class ModuleReader
{
    /// <summary>Null where nothing can be added: the class, or one around it, is not partial, or its base is no module.</summary>
    public static ModuleModel? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        if (context.TargetSymbol is not INamedTypeSymbol { IsRecord: false, IsStatic: false } type
            || FirstNotPartial(type) is not null || !HasModuleBase(type))
        {
            return null;
        }

        cancellation.ThrowIfCancellationRequested();
        var scope = ConstructorScope.Of(type);
        var declaresBase = DeclaresBase(type);
        return new ModuleModel(
            ReadType(type),
            AddsBase: !declaresBase,
            CallsBaseMembers: declaresBase && !type.BaseType.IsNn("Module"),
            AddsMembers: type.GetMembers("Members").IsEmpty,
            ChildReader.Read(type).Select(static c => c.Child).ToEquatableList(),
            ForwardReader.Read(type).ToEquatableList(),
            ForwardReader.Layer(type),
            HeaderReader.Read(type, scope),
            EntryReader.Read(type, scope));
    }

    /// <summary>The class, or the one around it, that cannot be added to; null when all can.</summary>
    public static INamedTypeSymbol? FirstNotPartial(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (t.DeclaringSyntaxReferences.Any(static r =>
                r.GetSyntax() is TypeDeclarationSyntax d && !d.Modifiers.Any(SyntaxKind.PartialKeyword)))
            {
                return t;
            }
        }

        return null;
    }

    public static bool HasModuleBase(INamedTypeSymbol type) => !DeclaresBase(type) || type.BaseType.IsModule();

    private static bool DeclaresBase(INamedTypeSymbol type) => type.BaseType is not { SpecialType: SpecialType.System_Object };

    private static TypeModel ReadType(INamedTypeSymbol type)
    {
        var containers = new List<string>();
        for (var t = type.ContainingType; t is not null; t = t.ContainingType)
        {
            containers.Insert(0, Declaration(t));
        }

        var full = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        var hint = full.Replace("global::", "").Replace("@", "").Replace('<', '{').Replace('>', '}');
        return new TypeModel(
            hint + ".g.cs",
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            containers.ToEquatableList(),
            Declaration(type),
            full,
            IsPublic(type));
    }

    private static bool IsPublic(INamedTypeSymbol type) =>
        type.DeclaredAccessibility == Accessibility.Public && (type.ContainingType is not { } outer || IsPublic(outer));

    private static string Declaration(INamedTypeSymbol type)
    {
        var kind = type switch
        {
            { IsRecord: true, IsValueType: true } => "record struct",
            { IsRecord: true } => "record",
            { TypeKind: TypeKind.Struct } => "struct",
            { TypeKind: TypeKind.Interface } => "interface",
            _ => "class",
        };
        var parameters = type.TypeParameters.IsEmpty ? "" : $"<{string.Join(", ", type.TypeParameters.Select(static p => p.Name))}>";
        return $"partial {kind} {Names.Escaped(type.Name)}{parameters}";
    }
}
