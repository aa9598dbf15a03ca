using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Modules;

/// <summary>The public <c>Forward</c> overloads of a module.</summary>
internal static class ForwardReader
{
    private static readonly SymbolDisplayFormat s_type = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static IEnumerable<IMethodSymbol> Overloads(INamedTypeSymbol type) => type.GetMembers("Forward")
        .OfType<IMethodSymbol>()
        .Where(static m => m is { IsStatic: false, IsGenericMethod: false, DeclaredAccessibility: Accessibility.Public });

    public static IEnumerable<ForwardModel> Read(INamedTypeSymbol type)
    {
        foreach (var forward in Overloads(type))
        {
            if (Anchor(forward) is { } anchor && !DeclaresApply(type, forward) && !InheritsApply(forward)
                && forward.Parameters.All(static p => p.RefKind == RefKind.None))
            {
                yield return new(
                    forward.ReturnType.ToDisplayString(s_type),
                    string.Join(", ", forward.Parameters.Select(Declaration)),
                    string.Join(", ", forward.Parameters.Select(static p => Names.Escaped(p.Name))),
                    anchor,
                    forward.Parameters.Any(static p => p.Name == "scope") ? "moduleScope" : "scope",
                    Cref(forward));
            }
        }
    }

    /// <summary>A module is a layer when its <c>Forward</c> can be called with one tensor and returns one.</summary>
    public static LayerModel Layer(INamedTypeSymbol type)
    {
        if (type.Interfaces.Any(static i => i.IsNn("ILayer")))
        {
            return LayerModel.None;
        }

        var layers = Overloads(type).Where(static f => !InheritsApply(f) && TakesOneTensor(f)).ToArray();
        return layers switch
        {
            _ when layers.Any(static f => f.Parameters.Length == 1) => LayerModel.Direct,
            [_] => LayerModel.Explicit,
            _ => LayerModel.None,
        };
    }

    private static bool TakesOneTensor(IMethodSymbol forward) =>
        forward.ReturnType.IsTensor() && forward.ReturnNullableAnnotation != NullableAnnotation.Annotated
        && forward.Parameters is [{ IsParams: false, NullableAnnotation: not NullableAnnotation.Annotated } first, .. var rest]
        && first.Type.IsTensor()
        && rest.All(static p => p.IsOptional || p.IsParams)
        && forward.Parameters.All(static p => p.RefKind == RefKind.None);

    /// <summary>The first tensor that is surely there: an argument of its own, else the first of a list of tensors.</summary>
    private static string? Anchor(IMethodSymbol forward)
    {
        var tensor = forward.Parameters.FirstOrDefault(static p =>
            p.Type.IsTensor() && p.Type.NullableAnnotation != NullableAnnotation.Annotated);
        if (tensor is not null)
        {
            return Names.Escaped(tensor.Name);
        }

        var list = forward.Parameters.FirstOrDefault(static p => p.Type switch
        {
            IArrayTypeSymbol { ElementType: var element } => element.IsTensor(),
            INamedTypeSymbol { TypeArguments: [var element], Name: "IReadOnlyList" or "List" or "ReadOnlySpan" or "ImmutableArray" } =>
                element.IsTensor(),
            _ => false,
        });
        return list is null ? null : $"{Names.Escaped(list.Name)}[0]";
    }

    /// <summary>An override is called by the <c>Apply</c> that its base got for the method it overrides.</summary>
    private static bool InheritsApply(IMethodSymbol forward) => forward.OverriddenMethod is { } overridden
        && (overridden.ContainingType.Attribute("ModuleAttribute") is not null
            || DeclaresApply(overridden.ContainingType, overridden)
            || InheritsApply(overridden));

    private static bool DeclaresApply(INamedTypeSymbol type, IMethodSymbol forward) => type.GetMembers("Apply")
        .OfType<IMethodSymbol>()
        .Any(apply => apply.Parameters.Select(static p => p.Type)
            .SequenceEqual(forward.Parameters.Select(static p => p.Type), SymbolEqualityComparer.Default));

    private static string Declaration(IParameterSymbol parameter)
    {
        var text = $"{(parameter.IsParams ? "params " : "")}{parameter.Type.ToDisplayString(s_type)} {Names.Escaped(parameter.Name)}";
        return parameter.HasExplicitDefaultValue ? $"{text} = {Default(parameter)}" : text;
    }

    private static string Default(IParameterSymbol parameter)
    {
        var literal = parameter.ExplicitDefaultValue switch
        {
            null => "default",
            float f when float.IsNaN(f) || float.IsInfinity(f) => Special("float", f),
            double d when double.IsNaN(d) || double.IsInfinity(d) => Special("double", d),
            float f => f.ToString("R", CultureInfo.InvariantCulture) + "f",
            double d => d.ToString("R", CultureInfo.InvariantCulture) + "d",
            decimal m => m.ToString(CultureInfo.InvariantCulture) + "m",
            var value => SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false) ?? "default",
        };
        return parameter.Type.TypeKind == TypeKind.Enum ? $"({parameter.Type.ToDisplayString(s_type)})({literal})" : literal;
    }

    private static string Special(string type, double value) =>
        $"{type}.{(double.IsNaN(value) ? "NaN" : value > 0 ? "PositiveInfinity" : "NegativeInfinity")}";

    /// <summary>Plain type names where they can be written in a <c>cref</c>, the documentation id of the method elsewhere.</summary>
    private static string Cref(IMethodSymbol forward)
    {
        var plain = forward.Parameters.All(static p => p.Type is INamedTypeSymbol { IsTupleType: false, Arity: 0 });
        return plain
            ? $"Forward({string.Join(", ", forward.Parameters.Select(static p => p.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)))})"
            : forward.GetDocumentationCommentId() ?? "Forward";
    }
}
