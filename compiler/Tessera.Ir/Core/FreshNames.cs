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
        for (int i = 0; fresh.Count > 0 && i < Math.Min(inferred.Count, wanted.Count); i++)
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
                for (int axis = 0; axis < a.Rank; axis++)
                {
                    if (a[axis].IsSymbol(out string name) && b[axis].IsSymbol(out _) && fresh.Contains(name))
                    {
                        names.TryAdd(name, b[axis]);
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
