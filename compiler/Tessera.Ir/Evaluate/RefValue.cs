namespace Tessera.Ir.Evaluate;

/// <summary>A value of the reference evaluator.</summary>
public abstract class RefValue
{
    private protected RefValue()
    {
    }
}

/// <summary>A sequence of values.</summary>
public sealed class RefSequence(IReadOnlyList<RefValue> items) : RefValue
{
    public IReadOnlyList<RefValue> Items { get; } = items;
}

/// <summary>A value that may be absent.</summary>
public sealed class RefOptional(RefValue? item) : RefValue
{
    public RefValue? Item { get; } = item;
}
