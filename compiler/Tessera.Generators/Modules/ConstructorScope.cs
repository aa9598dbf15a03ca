using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Modules;

/// <summary>
/// How generated code refers to what a module was constructed with. A primary constructor's parameter may be captured,
/// unless a member stores it already or the base takes it: both would make the compiler warn of a second copy.
/// </summary>
internal sealed class ConstructorScope
{
    private readonly Dictionary<string, string?> _references = [];

    private ConstructorScope(INamedTypeSymbol type, IMethodSymbol? constructor, ClassDeclarationSyntax? primary)
    {
        Parameters = constructor?.Parameters.ToArray() ?? [];
        foreach (var parameter in Parameters)
        {
            _references[parameter.Name] = primary is null
                ? MemberNamed(type, parameter.Name)
                : StoringMember(type, parameter.Name) ?? (CanCapture(parameter, primary) ? Names.Escaped(parameter.Name) : null);
        }
    }

    public IReadOnlyList<IParameterSymbol> Parameters { get; }

    /// <summary>The primary constructor, else the public one with the most parameters.</summary>
    public static ConstructorScope Of(INamedTypeSymbol type)
    {
        foreach (var constructor in type.InstanceConstructors)
        {
            if (constructor.PrimaryDeclaration() is { } primary)
            {
                return new(type, constructor, primary);
            }
        }

        var widest = type.InstanceConstructors
            .Where(static c => c.DeclaredAccessibility == Accessibility.Public)
            .OrderByDescending(static c => c.Parameters.Length)
            .FirstOrDefault();
        return new(type, widest, null);
    }

    /// <summary>An expression of the parameter's value inside the class, or null where there is none.</summary>
    public string? Reference(string parameter) => _references.TryGetValue(parameter, out var reference) ? reference : null;

    /// <summary>The expression of an <c>[Input]</c> with parameters replaced by the members that store them.</summary>
    public string Rewrite(string expression) =>
        new Renamer(this).Visit(SyntaxFactory.ParseExpression(expression)).ToString();

    private static string? StoringMember(INamedTypeSymbol type, string parameter) => type.StoredMembers()
        .Where(m => !m.IsStatic && Initializer(m) is IdentifierNameSyntax { Identifier.ValueText: var name } && name == parameter)
        .Select(static m => Names.Escaped(m.Name))
        .FirstOrDefault();

    private static ExpressionSyntax? Initializer(ISymbol member) => member.DeclaringSyntaxReferences switch
    {
        [var reference, ..] => reference.GetSyntax() switch
        {
            PropertyDeclarationSyntax { Initializer.Value: var value } => value,
            VariableDeclaratorSyntax { Initializer.Value: var value } => value,
            _ => null,
        },
        _ => null,
    };

    private static string? MemberNamed(INamedTypeSymbol type, string parameter) => type.StoredMembers()
        .Where(m => !m.IsStatic && string.Equals(m.Name.TrimStart('_'), parameter, StringComparison.OrdinalIgnoreCase))
        .Select(static m => Names.Escaped(m.Name))
        .FirstOrDefault();

    private static bool CanCapture(IParameterSymbol parameter, ClassDeclarationSyntax primary) =>
        parameter is { RefKind: RefKind.None, Type.IsRefLikeType: false }
        && !(primary.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>()
            .SelectMany(static b => b.ArgumentList.Arguments)
            .Any(a => a.Expression is IdentifierNameSyntax { Identifier.ValueText: var name } && name == parameter.Name) ?? false);

    private sealed class Renamer(ConstructorScope scope) : CSharpSyntaxRewriter
    {
        public override SyntaxNode? VisitIdentifierName(IdentifierNameSyntax node) =>
            node.Parent is MemberAccessExpressionSyntax access && access.Name == node
            || scope.Reference(node.Identifier.ValueText) is not { } reference
                ? node
                : SyntaxFactory.IdentifierName(reference).WithTriviaFrom(node);
    }
}
