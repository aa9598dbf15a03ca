namespace Tessera.Ir;

/// <summary>Names of sizes that only run time knows: what inference makes up may be called as a text or an older graph calls it.</summary>
internal static class FreshNames
{
    /// <summary>
    /// <paramref name="inferred"/> with each symbol of <paramref name="fresh"/> renamed to what stands in its place in
    /// <paramref name="wanted"/>; a wanted type that is then provably the same is taken as it is written.
    /// </summary>
    public static IReadOnlyList<IrType> Adopt(
        IReadOnlyList<IrType> inferred, IReadOnlyList<IrType?> wanted, IReadOnlyList<string> fresh, DimFacts facts)
    {
        Dictionary<string, Dim> names = new(StringComparer.Ordinal);
        for (int i = 0; i < Math.Min(inferred.Count, wanted.Count); i++)
        {
            Match(inferred[i], wanted[i], fresh, names);
        }

        return
        [
            .. inferred.Select((type, i) =>
            {
                IrType renamed = names.Count == 0 ? type : Rename(type, names);
                return i < wanted.Count && wanted[i] is { } w && Same(renamed, w, facts) ? w : renamed;
            }),
        ];
    }

    public static IEnumerable<string> SymbolsOf(IrType type) => type switch
    {
        TensorType { Shape: { } shape } => shape.Symbols,
        SequenceType sequence => SymbolsOf(sequence.Element),
        OptionalType optional => SymbolsOf(optional.Element),
        _ => [],
    };

    private static void Match(IrType inferred, IrType? wanted, IReadOnlyList<string> fresh, Dictionary<string, Dim> names)
    {
        switch (inferred, wanted)
        {
            case (TensorType { Shape: { } a }, TensorType { Shape: { } b }) when a.Rank == b.Rank:
                foreach ((Dim from, Dim to) in a.Zip(b))
                {
                    if (from.IsSymbol(out string name) && to.IsSymbol(out _) && fresh.Contains(name))
                    {
                        names.TryAdd(name, to);
                    }
                }

                break;
            case (SequenceType a, SequenceType b):
                Match(a.Element, b.Element, fresh, names);
                break;
            case (OptionalType a, OptionalType b):
                Match(a.Element, b.Element, fresh, names);
                break;
        }
    }

    private static IrType Rename(IrType type, Dictionary<string, Dim> names) => type switch
    {
        TensorType { Shape: { } shape } tensor => tensor with { Shape = shape.Substitute(names.GetValueOrDefault) },
        SequenceType sequence => new SequenceType(Rename(sequence.Element, names)),
        OptionalType optional => new OptionalType(Rename(optional.Element, names)),
        _ => type,
    };

    private static bool Same(IrType a, IrType b, DimFacts facts) => (a, b) switch
    {
        (TensorType { Shape: { } x } s, TensorType { Shape: { } y } t) => s.DType == t.DType && x.Rank == y.Rank
            && x.Zip(y).All(p => facts.Equal(p.First, p.Second) == Proof.Proved),
        (SequenceType x, SequenceType y) => Same(x.Element, y.Element, facts),
        (OptionalType x, OptionalType y) => Same(x.Element, y.Element, facts),
        _ => a.Equals(b),
    };
}
