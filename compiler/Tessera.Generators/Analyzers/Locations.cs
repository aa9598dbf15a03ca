using Microsoft.CodeAnalysis;

namespace Tessera.Generators.Analyzers;

internal static class Locations
{
    /// <summary>Where a symbol is written by hand: generated halves of it do not count.</summary>
    public static Location Written(this ISymbol symbol) =>
        symbol.Locations.FirstOrDefault(static l => l.SourceTree is { } tree && !tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal))
        ?? symbol.Locations.FirstOrDefault()
        ?? Location.None;

    /// <summary>Where an attribute is written, else the symbol that carries it.</summary>
    public static Location Written(this AttributeData attribute, ISymbol carrier) =>
        attribute.ApplicationSyntaxReference is { } reference ? Location.Create(reference.SyntaxTree, reference.Span) : carrier.Written();
}
