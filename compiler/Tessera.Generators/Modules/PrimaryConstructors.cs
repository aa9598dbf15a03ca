using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tessera.Generators.Modules;

internal static class PrimaryConstructors
{
    /// <summary>The class declaration that carries this constructor's parameters, when it is a primary constructor.</summary>
    public static ClassDeclarationSyntax? PrimaryDeclaration(this IMethodSymbol constructor) =>
        constructor.MethodKind == MethodKind.Constructor
        && constructor.DeclaringSyntaxReferences is [var reference, ..]
            ? reference.GetSyntax() as ClassDeclarationSyntax
            : null;
}
