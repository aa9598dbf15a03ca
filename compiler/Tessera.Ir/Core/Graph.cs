namespace Tessera.Ir;

/// <summary>A named result of a graph.</summary>
public sealed record GraphOutput(string Name, Value Value);

/// <summary>
/// A graph is only its interface: inputs, roots and what is known of sizes. The ops are whatever the roots reach;
/// an older graph over the same builder is a snapshot.
/// </summary>
public sealed record Graph
{
    public required string Name { get; init; }

    /// <summary>The builder that owns the values.</summary>
    public required GraphBuilder Builder { get; init; }

    /// <summary>Values of <see cref="Ops.Input"/> ops in declared order; unused ones are kept.</summary>
    public required IReadOnlyList<Value> Inputs { get; init; }

    public required IReadOnlyList<GraphOutput> Outputs { get; init; }

    /// <summary>Symbols that name the axis along which examples differ and packed batches are joined.</summary>
    public IReadOnlyList<string> Ragged { get; init; } = [];

    /// <summary>
    /// Of a batched graph: what holds of the sizes of every example in it, by their one-example names. The sizes of the graph
    /// itself are sums and maxima of these, so that <see cref="Constraints"/> cannot say it.
    /// </summary>
    public IReadOnlyList<Constraint> Each { get; init; } = [];

    /// <summary>Bytes of parameters by path; a parameter that is missing here is not bound.</summary>
    public IReadOnlyDictionary<string, WeightSource> Weights { get; init; } = new Dictionary<string, WeightSource>();

    /// <summary>What inputs hold where a run gives them nothing, by their names.</summary>
    public IReadOnlyDictionary<string, WeightSource> Defaults { get; init; } = new Dictionary<string, WeightSource>();

    /// <summary>What a model from elsewhere says of itself, kept when it is written again.</summary>
    public ModelStatements Statements { get; init; } = ModelStatements.None;

    /// <summary>Key and value pairs kept in the model file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<Constraint> Constraints => Builder.Constraints;

    public IEnumerable<Value> Roots => Outputs.Select(static o => o.Value);

    /// <summary>The same interface over other roots.</summary>
    public Graph WithRoots(IReadOnlyList<Value> roots) =>
        this with { Outputs = [.. Outputs.Select((o, i) => o with { Value = roots[i] })] };
}
