namespace Tessera.Ir;

/// <summary>
/// A closed graph inside an op (a branch, a loop body). It has a builder of its own; what it uses of the outside comes
/// in through parameters. Two regions are equal up to renaming: their text, numbered from the roots, is the same.
/// </summary>
public sealed class Region : IEquatable<Region>
{
    private readonly Lazy<string> _canonical;

    public Region(GraphBuilder builder, IReadOnlyList<Value> parameters, IReadOnlyList<Value> results)
    {
        Builder = builder;
        Parameters = parameters;
        Results = results;
        _canonical = new Lazy<string>(() => Text.Printer.PrintRegion(this));
    }

    public GraphBuilder Builder { get; }

    /// <summary>Values of <see cref="Ops.Input"/> ops, bound by the op that holds the region.</summary>
    public IReadOnlyList<Value> Parameters { get; }

    public IReadOnlyList<Value> Results { get; }

    public bool Equals(Region? other) => other is not null
        && (ReferenceEquals(this, other) || string.Equals(_canonical.Value, other._canonical.Value, StringComparison.Ordinal));

    public override bool Equals(object? obj) => Equals(obj as Region);

    public override int GetHashCode() => string.GetHashCode(_canonical.Value, StringComparison.Ordinal);

    public override string ToString() => _canonical.Value;
}
