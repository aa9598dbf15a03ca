using Microsoft.CodeAnalysis;
using Tessera.Generators.Infra;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Analyzers;

/// <summary>What keeps a <c>Forward</c> from being the entry of a graph.</summary>
internal static class EntryFaults
{
    public static IEnumerable<string> Of(INamedTypeSymbol type, IMethodSymbol forward, int entries)
    {
        if (entries > 1)
        {
            yield return "has several overloads with [Input]; declare the inputs of one";
        }

        if (type.IsGenericType)
        {
            yield return "is in a generic class; an entry module has no type parameters";
        }

        foreach (var parameter in forward.Parameters)
        {
            var isInput = parameter.Attribute("InputAttribute") is not null;
            if (isInput && !parameter.Type.IsTensor())
            {
                yield return $"has [Input] on '{parameter.Name}', which is {parameter.Type.Name} and not Tensor";
            }
            else if (!isInput && !parameter.IsOptional)
            {
                yield return $"takes '{parameter.Name}' without [Input]; declare its type, or give it a default";
            }
        }

        foreach (var fault in OutputFaults(forward))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> OutputFaults(IMethodSymbol forward)
    {
        if (EntryReader.Outputs(forward) is not { } outputs)
        {
            yield return $"returns {forward.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}; "
                + "return a Tensor, or a tuple of Tensors whose element names are the outputs' names";
            yield break;
        }

        var taken = new HashSet<string>(forward.Parameters
            .Where(static p => p.Attribute("InputAttribute") is not null)
            .Select(static p => Names.Snake(p.Name)));
        foreach (var output in outputs.Where(o => !taken.Add(o.Name)))
        {
            yield return $"returns an output named '{output.Name}', a name that an input or another output has; a graph's interface names are distinct";
        }
    }
}
