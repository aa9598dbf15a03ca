using Tessera.Ir;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Pack;

/// <summary>
/// The original with itself: f(batch)[i] = f({i} alone, without padding), in batches of at least three examples of different lengths,
/// in other orders, beside extreme neighbours, with garbage in padding and more of it.
/// </summary>
internal sealed class OriginalCheck(PackTrial trial, bool atLength)
{
    private const int LeastExamples = 3;
    private const string Meaning = "its results for an example depend on its neighbours or on padding";

    private bool HasMasks => trial.Layout.Options.Masks.Count > 0;

    /// <summary>Sizes of examples, different in each of theirs where that is possible; at least one.</summary>
    /// <exception cref="TesseraException">TSR0912: the original takes no example.</exception>
    public IReadOnlyList<IReadOnlyDictionary<string, long>> Choose()
    {
        const int MostTries = 96;
        IReadOnlyDictionary<string, long>[] allowed = [.. trial.Sizes.Candidates().Take(MostTries).Where(trial.Runs).Take(PackSizes.Short)];
        if (allowed.Length == 0)
        {
            throw new TesseraException("TSR0912", trial.Place, $"the original runs on no example of 1 to {PackSizes.Short} tokens, so nothing can be compared.", "Is the mask, the batch and the ragged size named right?");
        }

        allowed = [.. allowed.OrderBy(static sizes => sizes.Values.Sum())];
        int[] first = [allowed.Length / 2, 0, allowed.Length - 1, allowed.Length / 3, .. atLength ? [allowed.Length / 4, allowed.Length * 3 / 4] : (int[])[]];
        List<IReadOnlyDictionary<string, long>> chosen = [];
        foreach (int at in first.Concat(Enumerable.Range(0, allowed.Length)).Where(_ => chosen.Count < first.Length))
        {
            if (chosen.All(other => trial.Sizes.Ragged.All(s => other[s] != allowed[at][s])) && (!HasMasks || trial.Sizes.Allows(trial.Sizes.Longest([.. chosen, allowed[at]]))))
            {
                chosen.Add(allowed[at]);
            }
        }

        Report(allowed, chosen);
        return chosen;
    }

    /// <exception cref="TesseraException">TSR0910: what an example gets depends on others, or on padding.</exception>
    public void Run(IReadOnlyList<IReadOnlyDictionary<string, long>> chosen)
    {
        foreach (IReadOnlyDictionary<string, long>[] batch in HasMasks ? [AtLeastThree(chosen)] : chosen.Select(s => AtLeastThree([s])))
        {
            IReadOnlyDictionary<string, long> longest = trial.Sizes.Longest(batch);
            PackExample[] plain = [.. batch.Select(s => trial.Next(s))];
            Agrees(plain, longest, "a batch");
            Agrees([.. plain.Reverse()], longest, "the batch in another order");
            Agrees([.. plain[1..], plain[0]], longest, "the batch in a third order");
            for (int kept = 0; kept < batch.Length; kept++)
            {
                Agrees([.. plain.Select((e, i) => i == kept ? e : trial.Next(batch[i], ValueKind.Large))], longest, "a batch with extreme neighbours", only: kept);
            }
        }

        if (HasMasks)
        {
            MorePadding(chosen);
        }
    }

    // Where nothing longer runs, the longest is what others are padded to.
    private void MorePadding(IReadOnlyList<IReadOnlyDictionary<string, long>> chosen)
    {
        IReadOnlyDictionary<string, long> longest = trial.Sizes.Longest(chosen);
        IReadOnlyDictionary<string, long>? longer = trial.Longer(longest, atLength ? 6 : 2) ?? trial.Longer(longest, 1);
        IReadOnlyDictionary<string, long>[] batch = longer is not null ? [.. chosen] : [.. chosen.Where(s => s.All(n => n.Value < longest[n.Key]))];
        if (batch.Length == 0)
        {
            trial.Skip($"the original with more padding than the longest example of a batch needs, for it takes nothing longer than {trial.Sizes.Text(longest)}{Why()}");
            return;
        }

        Agrees([.. AtLeastThree(batch).Select(s => trial.Next(s))], longer ?? longest, "a batch with more padding");
    }

    private void Agrees(PackExample[] examples, IReadOnlyDictionary<string, long> padded, string what, int? only = null)
    {
        PackExample[] padding = [.. examples.Select(_ => trial.Next(padded, ValueKind.Large))];
        if (trial.Try(trial.Original, trial.Layout.Padded(examples, padding)) is not { } together)
        {
            throw new TesseraException(PackCheck.OriginalDiffersCode, trial.Place, $"the original refuses {what}, though it runs on each example alone: {trial.Refused}.");
        }

        for (int i = 0; i < examples.Length; i++)
        {
            if (only is null || i == only)
            {
                int at = i;
                trial.Compare(
                    PackCheck.OriginalDiffersCode, $"the original, {what}", examples[i], trial.Layout.OfPadded(together, i, examples[i]), Meaning,
                    () => FirstDifference.Find(trial, examples, padding, at));
            }
        }
    }

    private void Report(IReadOnlyList<IReadOnlyDictionary<string, long>> allowed, List<IReadOnlyDictionary<string, long>> chosen)
    {
        if (chosen.Count < LeastExamples)
        {
            trial.Skip($"three examples that differ in every length, for the original takes {string.Join("; ", allowed.Select(trial.Sizes.Text))}{Why()}");
        }

        string[] ragged = [.. trial.Sizes.Ragged];
        foreach ((string a, string b) in ragged.SelectMany((a, i) => ragged[(i + 1)..].Select(b => (a, b))))
        {
            if (chosen.All(sizes => sizes[a] == sizes[b]))
            {
                trial.Skip($"examples in which {a} and {b} differ, for the original takes none{Why()}");
            }
        }
    }

    private string Why() => trial.Sizes.Rules is { Count: > 0 } rules ? $"; its rules: {string.Join(", ", rules)}"
        : trial.Refused is { } refused ? $"; ONNX Runtime said last: {refused}"
        : "";

    private static IReadOnlyDictionary<string, long>[] AtLeastThree(IReadOnlyList<IReadOnlyDictionary<string, long>> sizes) =>
        [.. sizes, .. Enumerable.Range(0, Math.Max(0, LeastExamples - sizes.Count)).Select(i => sizes[i % sizes.Count])];
}
