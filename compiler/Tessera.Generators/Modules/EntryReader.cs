using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Modules;

/// <summary>The declared signature of a module whose <c>Forward</c> names its inputs.</summary>
internal static class EntryReader
{
    /// <summary>Null for inner modules, and for an entry whose declaration is wrong: an analyzer says what is.</summary>
    public static EntryModel? Read(INamedTypeSymbol type, ConstructorScope scope)
    {
        if (Forwards(type).ToArray() is not [var forward] || Outputs(forward) is not { } outputs || type.IsGenericType)
        {
            return null;
        }

        var inputs = new List<InputModel>();
        foreach (var parameter in forward.Parameters)
        {
            if (parameter.Attribute("InputAttribute").Text() is { } text)
            {
                if (!parameter.Type.IsTensor() || InputType.Parse(text, out _) is not { } parsed)
                {
                    return null;
                }

                inputs.Add(new(Names.Snake(parameter.Name), Names.Escaped(parameter.Name), Interpolated(parsed.Pieces, scope), text.Trim()));
            }
            else if (!parameter.IsOptional)
            {
                return null;
            }
        }

        var presets = Presets(type).Where(static p => p.Fault is null).Select(static p => p.Model).ToEquatableList();
        return new EntryModel(
            inputs.ToEquatableList(),
            outputs.Select(o => Declared(forward, o, scope)).ToEquatableList(),
            type.Attributes("RaggedAttribute").Select(static a => a.Text()).OfType<string>().ToEquatableList(),
            type.Attributes("WhereAttribute").Select(static a => a.Text()).OfType<string>()
                .Where(static t => new DimTextParser(t).ParseConstraint())
                .Select(t => Interpolated(TextPiece.Cut(t).ToEquatableList(), scope)).ToEquatableList(),
            presets,
            HasDefault(type),
            type.GetMembers("FromPreset").IsEmpty && !type.IsAbstract && presets.Select(static p => p.Name).Distinct().Count() == presets.Count,
            !type.IsAbstract && IsPublicToAssembly(type));
    }

    /// <summary>The overloads that declare an input.</summary>
    public static IEnumerable<IMethodSymbol> Forwards(INamedTypeSymbol type) => ForwardReader.Overloads(type)
        .Where(static m => m.Parameters.Any(static p => p.Attribute("InputAttribute") is not null));

    /// <summary>One tensor, or a tuple of tensors whose element names are the outputs' names; null for anything else.</summary>
    public static IReadOnlyList<OutputModel>? Outputs(IMethodSymbol forward) => forward.ReturnType switch
    {
        var type when type.IsTensor() => [new("output", null, IsOptional: false)],
        INamedTypeSymbol { IsTupleType: true, TupleElements: var elements } when elements.All(static e => e.Type.IsTensor()) =>
            [.. elements.Select(static (e, i) => new OutputModel(
                e.IsExplicitlyNamedTupleElement ? Names.Snake(e.Name) : $"output{i}",
                e.Name,
                e.Type.NullableAnnotation == NullableAnnotation.Annotated))],
        _ => null,
    };

    /// <summary>Each <c>[return: Output]</c> with the output that it is for; null where there is none.</summary>
    public static IEnumerable<(AttributeData Attribute, string Text, string? Element, OutputModel? Output)> Declarations(IMethodSymbol forward)
    {
        var outputs = Outputs(forward) ?? [];
        foreach (var attribute in forward.GetReturnTypeAttributes().Where(static a => a.AttributeClass.IsNn("OutputAttribute")))
        {
            if (attribute.Text() is { } text)
            {
                var element = attribute.ConstructorArguments is [_, { Value: string name }] ? name : null;
                yield return (attribute, text, element, outputs.FirstOrDefault(o => o.Element == element));
            }
        }
    }

    private static OutputModel Declared(IMethodSymbol forward, OutputModel output, ConstructorScope scope)
    {
        var text = Declarations(forward).FirstOrDefault(d => d.Output?.Name == output.Name).Text;
        return text is not null && InputType.Parse(text, out _) is { } parsed
            ? output with { Type = Interpolated(parsed.Pieces, scope), Declared = text.Trim() }
            : output;
    }

    /// <summary>Every <c>[Preset]</c> of a module with what is wrong with it, if anything.</summary>
    public static IEnumerable<(IMethodSymbol Method, PresetModel Model, string? Fault)> Presets(INamedTypeSymbol type)
    {
        foreach (var method in type.GetMembers().OfType<IMethodSymbol>())
        {
            if (method.Attribute("PresetAttribute").Text() is not { } name)
            {
                continue;
            }

            var fault = method switch
            {
                { IsStatic: false } => "is not static",
                { IsGenericMethod: true } => "is generic",
                _ when method.Parameters.Any(static p => !p.IsOptional) => "has parameters",
                _ when !SymbolEqualityComparer.Default.Equals(method.ReturnType, type) => $"returns {method.ReturnType.Name}",
                _ => null,
            };
            yield return (method, new(name, Names.Escaped(method.Name)), fault);
        }
    }

    /// <summary>Whether <c>new()</c> can be written in the assembly.</summary>
    public static bool HasDefault(INamedTypeSymbol type) => !type.IsAbstract && type.InstanceConstructors.Any(static c =>
        c.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal
        && c.Parameters.All(static p => p.IsOptional || p.IsParams));

    private static bool IsPublicToAssembly(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (t.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A C# expression of text with holes; invariant, so that a signature is the same on every machine.</summary>
    private static string Interpolated(EquatableList<TextPiece> pieces, ConstructorScope scope)
    {
        var inside = string.Concat(pieces.Select(p => p.IsExpression ? Hole(scope.Rewrite(p.Text)) : p.Text));
        return EntryWriter.InvariantText(inside);
    }

    private static string Hole(string expression) =>
        SyntaxFacts.IsValidIdentifier(expression.TrimStart('@')) ? $"{{{expression}}}" : $"{{({expression})}}";
}
