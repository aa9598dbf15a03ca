namespace Tessera.Ir.Batching;

/// <summary>The batched form of a region, whose results are not yet brought to the forms that they have outside.</summary>
/// <param name="Environment">The batched region as a whole.</param>
/// <param name="Parameters">Its parameters: those of the one-example region, then <see cref="BatchEnvironment.Partitions"/>.</param>
/// <param name="Results">What has become of its results.</param>
public sealed record BatchedRegion(BatchEnvironment Environment, IReadOnlyList<Value> Parameters, IReadOnlyList<Batched> Results)
{
    /// <summary>The region with these results.</summary>
    public Region With(IReadOnlyList<Value> results) => new(Environment.Builder, Parameters, results);
}
