using Microsoft.CodeAnalysis;

namespace Tessera.Generators.Modules;

/// <summary>
/// Recognises the types of the DSL by name. A class that only becomes a module by generation shows no base class here, so
/// its <c>[Module]</c> attribute counts as much as the base class does.
/// </summary>
internal static class ModuleSymbols
{
    public const string ModuleAttribute = "Tessera.Nn.ModuleAttribute";

    public static bool IsNn(this ISymbol? symbol, string name) => symbol is { ContainingType: null }
        && symbol.Name == name
        && symbol.ContainingNamespace is { Name: "Nn", ContainingNamespace: { Name: "Tessera", ContainingNamespace.IsGlobalNamespace: true } };

    public static bool IsTensor(this ITypeSymbol? type) => type.Unwrapped().IsNn("Tensor");

    public static bool IsParameter(this ITypeSymbol? type) => type.IsNn("Parameter");

    public static bool IsModuleList(this ITypeSymbol? type) => type is INamedTypeSymbol { Arity: 1 } && type.IsNn("ModuleList");

    public static bool IsModule(this ITypeSymbol? type)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Any(static t => t.IsModule());
        }

        for (var t = type as INamedTypeSymbol; t is not null; t = t.BaseType)
        {
            if (t.IsNn("Module") || t.Attribute("ModuleAttribute") is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An interface behind which a module stands: <c>ILayer</c> or one derived from it.</summary>
    public static bool IsLayerInterface(this ITypeSymbol? type) => type switch
    {
        ITypeParameterSymbol parameter => parameter.ConstraintTypes.Any(static t => t.IsLayerInterface()),
        { TypeKind: TypeKind.Interface } => type.IsNn("ILayer") || type.AllInterfaces.Any(static i => i.IsNn("ILayer")),
        _ => false,
    };

    /// <summary>Whether a member of this type holds weights of its own.</summary>
    public static bool HoldsWeights(this ITypeSymbol? type) =>
        type.IsModule() || type.IsLayerInterface() || type.IsParameter() || type.IsModuleList();

    public static AttributeData? Attribute(this ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass.IsNn(name));

    public static IEnumerable<AttributeData> Attributes(this ISymbol symbol, string name) =>
        symbol.GetAttributes().Where(a => a.AttributeClass.IsNn(name));

    /// <summary>The string an attribute was given as its first argument.</summary>
    public static string? Text(this AttributeData? attribute) =>
        attribute is { ConstructorArguments: [{ Value: string text }, ..] } ? text : null;

    /// <summary>Whether a value is kept: fields as written and properties with a backing field, not computed ones.</summary>
    public static IEnumerable<ISymbol> StoredMembers(this INamedTypeSymbol type)
    {
        var backed = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.AssociatedSymbol is IPropertySymbol property)
            {
                backed.Add(property);
            }
        }

        return type.GetMembers().Where(m => m switch
        {
            IFieldSymbol { IsConst: false, IsImplicitlyDeclared: false } => true,
            IPropertySymbol => backed.Contains(m),
            _ => false,
        });
    }

    public static ITypeSymbol? ValueType(this ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    private static ITypeSymbol? Unwrapped(this ITypeSymbol? type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var inner] } ? inner : type;
}
