using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>Changes the regions that an op holds.</summary>
internal static class RegionRewriter
{
    /// <summary>The op with each region mapped; the op itself when none changes.</summary>
    public static Op MapRegions(Op op, Func<Region, Region> map)
    {
        Dictionary<string, object?>? attributes = null;
        foreach (AttributeSpec attribute in op.Schema.Attributes)
        {
            if (attribute.Type == typeof(Region) && attribute.Get(op) is Region region && map(region) is { } mapped && !ReferenceEquals(mapped, region))
            {
                attributes ??= op.Schema.Attributes.ToDictionary(static a => a.Name, a => a.Get(op), StringComparer.Ordinal);
                attributes[attribute.Name] = mapped;
            }
        }

        return attributes is null ? op : op.Schema.Create(op.Operands, attributes);
    }
}
