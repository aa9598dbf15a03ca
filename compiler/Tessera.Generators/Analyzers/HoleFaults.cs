using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Analyzers;

/// <summary>What is wrong with the C# in the braces of a declared type; said here, not as an error in generated code.</summary>
internal static class HoleFaults
{
    public static string? Of(INamedTypeSymbol type, IEnumerable<TextPiece> pieces)
    {
        var scope = ConstructorScope.Of(type);
        return pieces.Where(static p => p.IsExpression)
            .Select(p => Fault(type, scope, p.Text))
            .FirstOrDefault(static f => f is not null);
    }

    private static string? Fault(INamedTypeSymbol type, ConstructorScope scope, string text)
    {
        var expression = SyntaxFactory.ParseExpression(text);
        if (expression.ContainsDiagnostics)
        {
            return $"'{text}' is no C# expression";
        }

        var unknown = expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Where(static n => n.Parent is not MemberAccessExpressionSyntax)
            .Select(static n => n.Identifier.ValueText)
            .FirstOrDefault(name => scope.Reference(name) is null && !HasMember(type, name));
        return unknown is null ? null : $"'{unknown}' is neither a constructor parameter nor a member of '{type.Name}'";
    }

    private static bool HasMember(INamedTypeSymbol type, string name)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (!t.GetMembers(name).IsEmpty)
            {
                return true;
            }
        }

        return type.ContainingType is { } outer && HasMember(outer, name);
    }
}
