namespace Tessera.Ir.Ops;

/// <summary>Makes regions.</summary>
public static class Regions
{
    /// <summary>A region over parameters of the given types, named <c>p0, p1, …</c>.</summary>
    /// <param name="parameters">Types of the parameters.</param>
    /// <param name="body">Emits the region's ops into the given builder and returns its results.</param>
    /// <param name="constraints">What is known of the sizes; usually those of the graph around it.</param>
    public static Region Of(
        IEnumerable<IrType> parameters,
        Func<GraphBuilder, IReadOnlyList<Value>, IReadOnlyList<Value>> body,
        IEnumerable<Constraint>? constraints = null)
    {
        GraphBuilder builder = new(constraints);
        Value[] values = [.. parameters.Select((type, i) => builder.Input($"p{i}", type))];
        return new Region(builder, values, body(builder, values));
    }
}
