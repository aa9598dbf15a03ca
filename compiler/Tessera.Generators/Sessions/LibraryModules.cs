using Microsoft.CodeAnalysis;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Sessions;

/// <summary>The entry modules of Tessera.Nn, which any project may have compiled without declaring one.</summary>
internal static class LibraryModules
{
    private const string EntryAttribute = "Tessera.Nn.ModuleEntryAttribute";

    public static EquatableList<ModuleSource> Of(Compilation compilation)
    {
        var entry = compilation.GetTypeByMetadataName(EntryAttribute);
        return entry is null || SymbolEqualityComparer.Default.Equals(entry.ContainingAssembly, compilation.Assembly)
            ? default
            : entry.ContainingAssembly.GetAttributes()
                .Where(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, entry))
                .Select(static a => a.ConstructorArguments is [{ Value: INamedTypeSymbol type }] ? type : null)
                .OfType<INamedTypeSymbol>()
                .Where(static type => type.DeclaredAccessibility == Accessibility.Public)
                .Select(static type => ModuleSource.Of(type))
                .ToEquatableList();
    }
}
