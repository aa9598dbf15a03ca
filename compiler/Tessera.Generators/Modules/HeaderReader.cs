using Microsoft.CodeAnalysis;

namespace Tessera.Generators.Modules;

/// <summary>The first line of <c>ToString</c>: the class and what it was constructed with, <c>Block(dim: 768, heads: 12)</c>.</summary>
internal static class HeaderReader
{
    /// <summary>The inside of an interpolated string, or null where the class has a <c>ToString</c> of its own.</summary>
    public static string? Read(INamedTypeSymbol type, ConstructorScope scope)
    {
        if (type.GetMembers("ToString").OfType<IMethodSymbol>().Any(static m => m.Parameters.IsEmpty))
        {
            return null;
        }

        var settings = scope.Parameters
            .Select(p => Setting(p, scope.Reference(p.Name)))
            .Where(static s => s is not null);
        return $"{type.Name}({string.Join(", ", settings)})";
    }

    private static string? Setting(IParameterSymbol parameter, string? reference) =>
        reference is not null && Hole(parameter.Type, reference) is { } hole ? $"{parameter.Name}: {hole}" : null;

    /// <summary>Only data is shown; modules appear below as children, and delegates have no text worth reading.</summary>
    private static string? Hole(ITypeSymbol type, string reference) => type switch
    {
        { SpecialType: SpecialType.System_Boolean } => $"{{({reference} ? \"true\" : \"false\")}}",
        { NullableAnnotation: NullableAnnotation.Annotated } when IsData(type) => $"{{(object?){reference} ?? \"null\"}}",
        IArrayTypeSymbol { Rank: 1, ElementType: var element } when IsData(element) && type.NullableAnnotation != NullableAnnotation.Annotated
            => $"[{{string.Join(\", \", {reference})}}]",
        _ when IsData(type) => $"{{{reference}}}",
        _ => null,
    };

    private static bool IsData(ITypeSymbol type) => !type.HoldsWeights() && !type.IsTensor() && type switch
    {
        { SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_String } => true,
        { TypeKind: TypeKind.Enum or TypeKind.Struct, IsRefLikeType: false } => true,
        { IsRecord: true } => true,
        _ => false,
    };
}
