namespace Tessera.Ir;

/// <summary>Tells emitted ops apart by reference; the hash is the one that interning has computed.</summary>
internal sealed class OpIdentity : IEqualityComparer<Op>
{
    public static OpIdentity Instance { get; } = new();

    public bool Equals(Op? x, Op? y) => ReferenceEquals(x, y);

    public int GetHashCode(Op obj) => obj.CachedHash;
}
