using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>Whether two types are proved to be the same, however their sizes are written.</summary>
internal static class TypeProof
{
    public static bool Same(IrType a, IrType b, DimFacts facts) => (a, b) switch
    {
        (TensorType { Shape: { } x } s, TensorType { Shape: { } y } t) => s.DType == t.DType && x.Rank == y.Rank
            && x.Zip(y).All(p => facts.Equal(p.First, p.Second) == Proof.Proved),
        (SequenceType x, SequenceType y) => Same(x.Element, y.Element, facts),
        (OptionalType x, OptionalType y) => Same(x.Element, y.Element, facts),
        _ => a.Equals(b),
    };
}
