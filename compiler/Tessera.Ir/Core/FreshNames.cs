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
                IrType renamed = names.Count == 0 ? type : IrTypes.Substitute(type, names.GetValueOrDefault);
                return i < wanted.Count && wanted[i] is { } w && IrTypes.Same(renamed, w, facts) ? w : renamed;
            }),
        ];
    }

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
}
