using Microsoft.CodeAnalysis;
using Tessera.Generators.Infra;

namespace Tessera.Generators.Modules;

/// <summary>The members of a module that hold weights, in declaration order.</summary>
internal static class ChildReader
{
    public static IEnumerable<(ISymbol Member, ChildModel Child)> Read(INamedTypeSymbol type)
    {
        foreach (var member in type.StoredMembers())
        {
            var value = member.ValueType();
            if (member.IsStatic || !value.HoldsWeights())
            {
                continue;
            }

            var name = member.Attribute("WeightNameAttribute").Text() ?? Names.Snake(member.Name);
            yield return (member, new ChildModel(
                name,
                member.Name,
                value!.NullableAnnotation == NullableAnnotation.Annotated,
                !value.IsModule() && value.IsLayerInterface()));
        }
    }
}
