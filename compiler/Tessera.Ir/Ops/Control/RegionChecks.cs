namespace Tessera.Ir.Ops;

/// <summary>What every op with regions asks of them.</summary>
internal static class RegionChecks
{
    /// <summary>Fails unless the region takes values of the given types.</summary>
    public static void Parameters(InferContext context, Region region, IReadOnlyList<IrType> given, string name)
    {
        HashSet<string> visible = [.. given.SelectMany(IrTypes.Symbols)];
        if (region.Parameters.Count != given.Count)
        {
            throw context.Error("TSR0213", $"region '{name}' has {region.Parameters.Count} parameters, {given.Count} values are given to it.");
        }

        for (int i = 0; i < given.Count; i++)
        {
            if (!TypeJoin.Fits(context, given[i], region.Parameters[i].Type, visible))
            {
                throw context.Error("TSR0213", $"region '{name}' declares parameter {i} as {region.Parameters[i].Type}, a value {given[i]} is given to it.");
            }
        }
    }
}
