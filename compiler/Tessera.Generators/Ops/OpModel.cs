using Microsoft.CodeAnalysis;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Ops;

/// <summary>What the generator needs of an op record; plain data, so that the pipeline caches it.</summary>
internal sealed record OpModel(
    string Name,
    string TypeName,
    string Namespace,
    EquatableList<OperandModel> Operands,
    EquatableList<AttributeModel> Attributes,
    bool HasOnnx,
    bool HasSamples,
    bool SeveralOutputs)
{
    public static OpModel From(GeneratorAttributeSyntaxContext context)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        IMethodSymbol? constructor = type.InstanceConstructors
            .Where(c => c.DeclaredAccessibility == Accessibility.Public && !IsCopy(c, type))
            .OrderByDescending(static c => c.Parameters.Length)
            .FirstOrDefault();
        OperandModel[] operands = [.. (constructor?.Parameters ?? []).Select(OperandModel.From)];
        return new OpModel(
            (string)context.Attributes[0].ConstructorArguments[0].Value!,
            type.Name,
            type.ContainingNamespace.ToDisplayString(),
            new(operands),
            AttributesOf(type, new HashSet<string>(operands.Select(static o => o.Property))).ToEquatableList(),
            type.GetMembers("Onnx").Length > 0,
            type.GetMembers("Samples").Length > 0,
            Chain(type).Any(static t => t.GetMembers("OutputCount").Length > 0));
    }

    private static bool IsCopy(IMethodSymbol constructor, INamedTypeSymbol type) =>
        constructor.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, type);

    // Base records first, so that shared attributes come in one order everywhere.
    private static IEnumerable<AttributeModel> AttributesOf(INamedTypeSymbol type, HashSet<string> operands) =>
        Chain(type).Reverse()
            .SelectMany(static t => t.GetMembers().OfType<IPropertySymbol>())
            .Where(p => p is { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public, SetMethod.IsInitOnly: true }
                && !operands.Contains(p.Name))
            .Select(AttributeModel.From)
            .GroupBy(static a => a.Property)
            .Select(static g => g.First());

    private static IEnumerable<INamedTypeSymbol> Chain(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = type; t is not null && t.ToDisplayString() is not ("Tessera.Ir.Op" or "object"); t = t.BaseType)
        {
            yield return t;
        }
    }
}

/// <summary>A positional operand.</summary>
internal sealed record OperandModel(string Property, string Kind)
{
    public static OperandModel From(IParameterSymbol parameter)
    {
        bool variadic = parameter.Type is INamedTypeSymbol { IsGenericType: true };
        bool optional = parameter.Type.NullableAnnotation == NullableAnnotation.Annotated;
        return new OperandModel(parameter.Name, variadic ? "Variadic" : optional ? "Optional" : "Required");
    }
}

/// <summary>An attribute: an init property.</summary>
internal sealed record AttributeModel(string Property, string Type, bool Required, bool Nullable, bool ValueType)
{
    private static readonly SymbolDisplayFormat s_format = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static AttributeModel From(IPropertySymbol property)
    {
        bool nullable = property.Type.NullableAnnotation == NullableAnnotation.Annotated;
        return new AttributeModel(
            property.Name,
            property.Type.ToDisplayString(s_format).TrimEnd('?'),
            property.IsRequired,
            nullable,
            property.Type.IsValueType);
    }
}
